import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { firstAtLeast } from "../../core/search.ts";
import { type ArchivePart, openArchiveList } from "../store/archive-writer.ts";
import type { StoredTrades } from "../store/read/stored-trades.ts";
import type { TradeBatch } from "../store/write/batch.ts";
import { sameTime } from "../store/write/trade-rows.ts";
import { missingPart, readStored } from "./parquet.ts";

/** How a batch of one symbol stands to what is archived. */
export interface ArchivedComparison {
  readonly known: number;
  /** Rows of the batch whose trade has another content there. */
  readonly differing: readonly number[];
}

export interface ArchivedTrades {
  compare(symbolId: number, batch: TradeBatch): ArchivedComparison;
  close(): void;
}

/** A database's archived trades, to compare others with; the file read last is kept in memory. */
export function openArchivedTrades(file: string): ArchivedTrades {
  const list = openArchiveList(file);
  const base = dirname(resolve(file));
  let recent: { readonly path: string; readonly trades: StoredTrades } | undefined;
  const load = (part: ArchivePart): StoredTrades => {
    if (recent?.path !== part.path) {
      recent = undefined;
      const path = join(base, part.path);
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size !== part.bytes) missingPart(part, size);
      recent = { path: part.path, trades: readStored(readFileSync(path), path) };
    }
    return recent.trades;
  };
  return {
    compare: (symbolId, batch) => {
      const [first, last] = [batch.id[0], batch.id[batch.length - 1]];
      const differing: number[] = [];
      let known = 0;
      for (const part of list.parts(symbolId)) {
        if (first === undefined || last === undefined || part.lastId < first || part.firstId > last) continue;
        const there = load(part);
        for (let i = 0; i < batch.length; i++) {
          const j = firstAtLeast(there.id, batch.id[i]!);
          if (there.id[j] !== batch.id[i]) continue;
          known++;
          const isSame =
            there.priceE8[j] === batch.priceE8[i] &&
            there.qtyE8[j] === batch.qtyE8[i] &&
            there.isBuyerMaker[j] === batch.isBuyerMaker[i] &&
            sameTime(there.tradeTimeUs[j]!, batch.tradeTimeUs[i]!);
          if (!isSame) differing.push(i);
        }
      }
      return { known, differing };
    },
    close: () => list.close(),
  };
}
