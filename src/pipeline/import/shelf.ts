import { quote, refuse } from "../../core/errors.ts";
import type { ArchivedTrades } from "../archive/compare.ts";
import { putBars } from "../store/read/imported-bars.ts";
import {
  beginImport,
  endImport,
  type ImportCounts,
  type ImportEntry,
  listConflict,
  noteImport,
} from "../store/write/import-journal.ts";
import type { StoreWriter } from "../store/write/writer.ts";
import type { FileFacts } from "./facts.ts";
import type { Piece } from "./rows.ts";

/** Where the pieces of one file are put: each with its place in the journal, in one transaction. */
export interface Shelf {
  /** As the file stood before. */
  readonly entry: ImportEntry;
  readonly issuedBefore: ImportEntry | undefined;
  put(piece: Piece): void;
  end(): ImportEntry;
}

export interface ShelfParts {
  readonly writer: StoreWriter;
  readonly archived: ArchivedTrades;
  readonly facts: FileFacts;
  readonly file: string;
  readonly symbol: string;
  readonly sha256: string;
  /** Of bars. */
  readonly intervalUs: number;
  readonly nowUs: number;
}

export function openShelf(parts: ShelfParts): Shelf {
  const { writer, archived, facts, file, sha256, intervalUs, nowUs } = parts;
  const symbolId = writer.together((_, [id]) => id!);
  checkMarket(parts, symbolId);
  const { entry, issuedBefore } = writer.together((db) =>
    beginImport(db, { symbolId, kind: facts.kind, file, sha256 }, facts.rows, nowUs),
  );
  const put = (piece: Piece): ImportCounts =>
    writer.together((db) => {
      if (piece.kind === "bars") return putBars(db, symbolId, intervalUs, piece.bars, nowUs);
      if (piece.kind === "aggTrades") return writer.adopt(0, piece.merged, facts.ids!, nowUs);
      const { differing } = archived.compare(symbolId, piece.batch);
      for (const i of differing) listConflict(db, symbolId, piece.batch, i, nowUs);
      const { stored, duplicates, conflicts } = writer.append(piece.batch, nowUs).symbols[0]!;
      return { stored, known: duplicates - differing.length, conflicts: conflicts + differing.length };
    });
  return {
    entry,
    issuedBefore,
    put: (piece) => {
      writer.together((db) => noteImport(db, entry.importId, piece.rows, put(piece)));
      writer.care();
    },
    end: () => writer.together((db) => endImport(db, entry.importId, nowUs)),
  };
}

/** Refuses trades most of which contradict those that are held: another symbol's, under a wrong name. */
function checkMarket({ writer, archived, facts, file, symbol }: ShelfParts, symbolId: number): void {
  if (facts.kind !== "trades") return;
  const stored = writer.compare(facts.sample);
  const there = archived.compare(symbolId, facts.sample);
  const known = stored.known + there.known;
  const conflicts = stored.conflicts + there.differing.length;
  if (known < 8 || conflicts * 2 <= known) return;
  refuse({
    code: "another-market",
    where: file,
    problem: `needs trades of ${quote(symbol, 60)}; of ${known} looked at which are stored already, ${conflicts} have another content`,
    hint: "The file seems to be another symbol's or venue's. Nothing was imported.",
    facts: { known, conflicts },
  });
}
