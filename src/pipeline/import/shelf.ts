import { quote, refuse } from "../../core/errors.ts";
import type { ArchivedTrades } from "../archive/compare.ts";
import type { ImportBegin, ImportEntry } from "../store/write/import-journal.ts";
import type { ImportWriter } from "../store/write/import-writer.ts";
import type { Load, Piece } from "./load.ts";

/** Where the pieces of one file are put: each with its place in the journal, in one transaction. */
export interface Shelf extends ImportBegin {
  put(piece: Piece): void;
  end(): ImportEntry;
}

export interface ShelfParts {
  readonly writer: ImportWriter;
  readonly archived: ArchivedTrades;
  readonly load: Load;
  readonly file: string;
  readonly symbol: string;
  readonly sha256: string;
  readonly nowUs: number;
}

export function openShelf(parts: ShelfParts): Shelf {
  const { writer, archived, load, file, sha256, nowUs } = parts;
  checkMarket(parts);
  const begin = writer.begin({ kind: load.kind, file, sha256 }, load.rows, nowUs);
  const { importId } = begin.entry;
  const context = { nowUs, ids: load.ids, intervalUs: load.intervalUs };
  return {
    ...begin,
    put: (piece) => {
      const { rows, ...content } = piece;
      const single = piece.kind === "bars" ? undefined : piece.batch;
      const differing = single === undefined ? [] : archived.compare(writer.symbolId, single).differing;
      writer.put(importId, content, rows, differing, context);
    },
    end: () => writer.end(importId, nowUs),
  };
}

/** Refuses trades most of which contradict those that are held: another symbol's, under a wrong name. */
function checkMarket({ writer, archived, load, file, symbol }: ShelfParts): void {
  if (load.kind !== "trades") return;
  const stored = writer.compare(load.sample!);
  const there = archived.compare(writer.symbolId, load.sample!);
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
