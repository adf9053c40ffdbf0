import type { Hole, HoleTotals } from "../../../pipeline/store/ledger/ledger.ts";
import type { Level, Log } from "../../terminal/log.ts";

/** Says what becomes of holes. */
export interface HoleNews {
  changed(hole: Hole): void;
  /** What is missing as the store is opened. */
  opened(totals: HoleTotals): void;
}

export function holeNews(log: Log): HoleNews {
  const say = (level: Level, event: string, { symbol, first, last }: Hole, what: string): void => {
    const count = last - first + 1;
    const trades = count === 1 ? `1 trade (id ${first})` : `${count} trades (ids ${first} to ${last})`;
    log({ level, event, symbol, message: `${symbol}: ${trades} ${what}` });
  };
  return {
    changed: (hole) => {
      const { state, before } = hole;
      if (state === "filled" && before !== state) say("info", "hole-filled", hole, "filled in");
      if (before === undefined) {
        if (state === "detected" || state === "partly filled")
          say("warn", "hole", hole, `missing (${hole.reason})`);
        return;
      }
      if (state === "aggregated" && before !== state) {
        const what = "filled in with merged trades, as single ones can't be reached from here";
        say("warn", "hole-aggregated", hole, what);
      }
      if (state === "unrecoverable" && before !== state) {
        say("error", "hole-given-up", hole, `given up: ${hole.note}`);
      }
    },
    opened: ({ holes, missing }) => {
      if (holes === 0) return;
      const where = holes === 1 ? "1 hole" : `${holes} holes`;
      const message = `${missing} trades are missing in ${where} from before; they are filled in from the newest on, as far as the exchange has them`;
      log({ level: "warn", event: "holes-open", holes, missing, message });
    },
  };
}
