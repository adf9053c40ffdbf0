import type { LogEntry } from "../../terminal/log.ts";
import type { CollectorStatus } from "../collector.ts";

/** With more symbols than this only those are listed with which something is the matter, and the others in sums. */
const EACH_UP_TO = 20;
const MOST_LISTED = 20;

/** How a collector stands as one entry of its log, of about the same size for any number of symbols. */
export function statusEntry(status: CollectorStatus): LogEntry {
  const all = Object.entries(status.symbols);
  const common = { level: "info", event: "status" } as const;
  if (all.length <= EACH_UP_TO) return { ...common, ...status };
  const sum = (of: (one: CollectorStatus["symbols"][string]) => number): number =>
    all.reduce((total, [, one]) => total + of(one), 0);
  const lags = all.map(([, { lagMs }]) => lagMs).filter((ms) => !Number.isNaN(ms));
  const troubled = all.filter(([, one]) => one.anew + one.regressed + one.conflicts + one.missing > 0);
  const { shards, quiet, ...feed } = status.feed;
  return {
    ...common,
    ...status,
    feed: { ...feed, shards: shards.length, quiet: quiet.length },
    symbolCount: all.length,
    totals: {
      stored: sum(({ stored }) => stored),
      duplicates: sum(({ duplicates }) => duplicates),
      conflicts: sum(({ conflicts }) => conflicts),
      missing: sum(({ missing }) => missing),
      rate: sum(({ rate }) => rate),
      lagMs: lags.length === 0 ? Number.NaN : Math.max(...lags),
      silent: all.filter(([, { lastReceivedUs }]) => Number.isNaN(lastReceivedUs)).length,
    },
    symbols: Object.fromEntries(troubled.slice(0, MOST_LISTED)),
  };
}
