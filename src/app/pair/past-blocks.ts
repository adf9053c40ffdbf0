import type { IdRange } from "../../pipeline/store/ledger/id-ranges.ts";
import { joinedRows, type PastRows } from "./pair-past.ts";
import { touchedBy } from "./past-bars.ts";

/** What was made of blocks of a pair's past, by their begin: the newest used as they are, whole days of them in bars of a block. */
export interface PastBlocks {
  /** A block used now is forgotten last. */
  take(us: number): PastRows | undefined;
  put(us: number, rows: PastRows): void;
  /** A day of blocks, in bars of a block. */
  day(us: number): PastRows | undefined;
  readonly dayUs: number;
  /** What ends behind a time. */
  forgetFrom(us: number): void;
  /** What late ids of one of the two change. */
  forgetLate(ids: readonly IdRange[], name: "y" | "x"): void;
  /** Whole days are made; the blocks used least lately are forgotten, but for the last `used`. */
  tidy(used: number): void;
}

const DAY_BLOCKS = 24;

export function pastBlocks(blockUs: number, most: number): PastBlocks {
  const dayUs = DAY_BLOCKS * blockUs;
  const blocks = new Map<number, PastRows>();
  const days = new Map<number, PastRows>();
  return {
    take: (us) => {
      const known = blocks.get(us);
      blocks.delete(us);
      if (known) blocks.set(us, known);
      return known;
    },
    put: (us, rows) => void blocks.set(us, rows),
    day: (us) => days.get(us),
    dayUs,
    forgetFrom: (fromUs) => {
      for (const us of blocks.keys()) if (us + blockUs > fromUs) blocks.delete(us);
      for (const us of days.keys()) if (us + dayUs > fromUs) days.delete(us);
    },
    forgetLate: (ids, name) => {
      for (const kept of [blocks, days]) {
        const barsOf = [...kept].map(([us, { bars }]) => [us, bars[name]] as const);
        for (const us of touchedBy(ids, barsOf)) kept.delete(us);
      }
    },
    tidy: (used) => {
      for (const us of blocks.keys()) {
        if (us % dayUs !== 0 || days.has(us)) continue;
        const parts = Array.from({ length: DAY_BLOCKS }, (_, k) => blocks.get(us + k * blockUs));
        if (parts.every((part) => part !== undefined)) days.set(us, joinedRows(parts, blockUs));
      }
      const over = blocks.size - Math.max(used, most);
      for (const us of [...blocks.keys()].slice(0, Math.max(0, over))) blocks.delete(us);
    },
  };
}
