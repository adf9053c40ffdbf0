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
import type { Load, Piece } from "./load.ts";

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
  readonly load: Load;
  readonly file: string;
  readonly symbol: string;
  readonly sha256: string;
  readonly nowUs: number;
}

export function openShelf(parts: ShelfParts): Shelf {
  const { writer, archived, load, file, sha256, nowUs } = parts;
  const symbolId = writer.together((_, [id]) => id!);
  checkMarket(parts, symbolId);
  const { entry, issuedBefore } = writer.together((db) =>
    beginImport(db, { symbolId, kind: load.kind, file, sha256 }, load.rows, nowUs),
  );
  const put = (piece: Piece): ImportCounts =>
    writer.together((db) => {
      if (piece.kind === "bars")
        return putBars(db, symbolId, load.intervalUs!, piece.bars, nowUs, entry.importId);
      if (piece.kind === "aggTrades") return writer.adopt(0, piece.merged, load.ids!, nowUs);
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
function checkMarket({ writer, archived, load, file, symbol }: ShelfParts, symbolId: number): void {
  if (load.kind !== "trades") return;
  const stored = writer.compare(load.sample!);
  const there = archived.compare(symbolId, load.sample!);
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
