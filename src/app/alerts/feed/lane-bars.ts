import type { AlertEvaluator, BarsOf } from "../../../analytics/alerts/values/evaluator.ts";
import type { Lane } from "../../../analytics/alerts/values/nodes.ts";
import type { Bars } from "../../../core/bars.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { firstAtLeast } from "../../../core/search.ts";
import { type LiveBars, liveBars } from "../../../pipeline/live-bars.ts";
import type { Series, TradeStore } from "../../../pipeline/store/trade-store.ts";

export type MadeBars = Pick<LiveBars, "advance" | "closed">;

/** The closed bars of the lanes that an evaluator judges, as they were last read. */
export interface LaneBars {
  readonly of: BarsOf;
  /** Begins again, with the bars that are needed to judge those after a time. */
  begin(fromUs: number): void;
  /** Reads what is new; whether a bar that was judged is not what it was, or one that was judged as missing is there now. */
  read(untilUs: number): boolean;
}

export interface LaneBarsOptions {
  readonly reader: TradeStore;
  readonly series: readonly Series[];
  readonly evaluator: AlertEvaluator;
  /** Bars of a lane that somebody makes already. */
  readonly made: ((lane: Lane) => MadeBars | undefined) | undefined;
  readonly graceUs: number;
  /** Bars are kept for catching up with so much. */
  readonly reachUs: number;
}

export function laneBars({ reader, series, evaluator, made, graceUs, reachUs }: LaneBarsOptions): LaneBars {
  const feeds = new Map<Lane, MadeBars>();
  let closed = new Map<Lane, Bars>();

  const own = ({ symbol, intervalUs, needs }: Lane, fromUs: number): MadeBars => {
    const of = series.find((one) => one.symbol === symbol) ?? unknownSymbol(symbol, reader.label, series);
    const neededUs = (Math.floor(fromUs / intervalUs) - needs) * intervalUs;
    return liveBars(reader, of, {
      rule: { by: "time", intervalUs },
      keep: needs + Math.ceil(reachUs / intervalUs),
      graceUs,
      fromUs: Math.min(neededUs, lastBefore(of, neededUs, intervalUs)),
    });
  };

  /** Begin of the last bar before a time, if any: all that is known of a symbol that is long silent. */
  const lastBefore = (of: Series, us: number, intervalUs: number): number => {
    const newest = reader.newest(of, reader.firstIdAt(of, us));
    return Math.floor((newest?.timeUs ?? us) / intervalUs) * intervalUs;
  };

  return {
    of: (lane) => closed.get(lane)!,
    begin: (fromUs) => {
      for (const lane of evaluator.lanes) feeds.set(lane, made?.(lane) ?? own(lane, fromUs));
    },
    read: (untilUs) => {
      const now = new Map<Lane, Bars>();
      let isRevised = false;
      for (const [lane, feed] of feeds) {
        const knownUs = closed.get(lane)?.endUs.at(-1) ?? 0;
        const { revisedUs = Number.POSITIVE_INFINITY } = feed.advance(untilUs);
        const bars = feed.closed();
        const newUs = bars.startUs[firstAtLeast(bars.startUs, knownUs)] ?? Number.POSITIVE_INFINITY;
        if (Math.min(revisedUs, newUs) < evaluator.doneUs(lane.intervalUs)!) isRevised = true;
        now.set(lane, bars);
      }
      closed = now;
      return isRevised;
    },
  };
}

function unknownSymbol(symbol: string, label: string, series: readonly Series[]): never {
  const there = series.map((one) => one.symbol).join(", ");
  return refuse({
    code: "unknown-symbol",
    where: label,
    problem: `needs the symbols that alert rules watch; ${quote(symbol, 60)} is not among ${there || "the symbols collected"}`,
    hint: "Change the rule, or collect the symbol.",
    facts: { symbol },
  });
}
