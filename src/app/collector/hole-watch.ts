import type { Hole } from "../../pipeline/store/ledger/ledger.ts";
import type { Level, Log } from "../terminal/log.ts";

/** The holes which are neither filled nor given up; says what becomes of them. */
export interface HoleWatch {
  changed(hole: Hole): void;
  /** The store is another one, with these holes. */
  reset(openHoles: readonly Hole[]): void;
  /** How many ids of a symbol are known to be missing. */
  missing(symbol: string): number;
}

export function holeWatch(log: Log): HoleWatch {
  const holes = new Map<number, Hole>();
  const keep = (hole: Hole): void => {
    if (isOpen(hole)) holes.set(hole.holeId, hole);
    else holes.delete(hole.holeId);
  };
  const say = (level: Level, event: string, { symbol, first, last }: Hole, what: string): void => {
    const count = last - first + 1;
    const trades = count === 1 ? `1 trade (id ${first})` : `${count} trades (ids ${first} to ${last})`;
    log({ level, event, symbol, message: `${symbol}: ${trades} ${what}` });
  };
  return {
    changed: (hole) => {
      const isKnown = holes.has(hole.holeId);
      keep(hole);
      if (hole.state === "detected" && !isKnown) say("warn", "hole", hole, `missing (${hole.reason})`);
      if (hole.state === "filled") say("info", "hole-filled", hole, "filled in");
      if (hole.state === "aggregated" && isKnown) {
        const what = "filled in with merged trades, as single ones can't be reached from here";
        say("warn", "hole-aggregated", hole, what);
      }
      if (hole.state === "unrecoverable" && isKnown) {
        say("error", "hole-given-up", hole, `given up: ${hole.note}`);
      }
    },
    reset: (openHoles) => {
      holes.clear();
      for (const hole of openHoles) {
        keep(hole);
        if (isOpen(hole)) say("warn", "hole", hole, `missing (${hole.reason})`);
      }
    },
    missing: (symbol) => {
      let sum = 0;
      for (const hole of holes.values()) {
        if (hole.symbol !== symbol) continue;
        for (const { first, last } of hole.missing) sum += last - first + 1;
      }
      return sum;
    },
  };
}

function isOpen({ state }: Hole): boolean {
  return state === "detected" || state === "partly filled";
}
