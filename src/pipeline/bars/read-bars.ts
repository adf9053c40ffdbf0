import { requireFields, requireList, requireSettings } from "../../core/arguments.ts";
import { type BarRule, type Bars, sliceBars } from "../../core/bars.ts";
import { firstAtLeast } from "../../core/search.ts";
import { MOST_BACK_US, sliceTrades, type TradeColumns } from "../../core/trade-columns.ts";
import type { TradeSums } from "../../core/trade-sums.ts";
import { checkRange } from "../store/read/reader.ts";
import type { Series, TradeStore } from "../store/trade-store.ts";
import { barBuilder } from "./builder.ts";
import { fillEmpty } from "./fill-empty.ts";
import { importedLengths } from "./imported-series.ts";
import { resampleBars } from "./resample.ts";
import { barRule } from "./rule.ts";

export interface ReadBarsSettings {
  /** As `barsFromTrades` takes it, several at once. */
  readonly every: readonly (string | BarRule)[];
  /** Bars that start here or later; all unless told. */
  readonly fromUs?: number;
  /** Bars that start before. */
  readonly toUs?: number;
  readonly empty?: "skip" | "flat";
}

/**
 * Bars of several symbols and kinds in one pass: `result[i][k]` are those of series i by rule k. Each trade is read once, a
 * block at a time, so memory holds the bars and never the trades. No bar lacks its beginning; time bars that start before
 * `toUs` are read to their end, others end there.
 */
export function readBars(
  reader: TradeStore,
  series: readonly Series[],
  settings: ReadBarsSettings,
): Bars[][] {
  requireFields("readBars", "reader", reader, ["firstIdAt", "blocks"]);
  requireList("readBars", "series", series);
  requireSettings("readBars", settings, ["every", "fromUs", "toUs", "empty"]);

  const { fromUs, toUs, empty } = settings;
  const rules = settings.every.map((every) => barRule(every, "readBars"));
  return series.map((one) => {
    checkRange(one, { ...(fromUs !== undefined && { fromUs }), ...(toUs !== undefined && { toUs }) });
    // a series that holds only bars that came as bars
    if (reader.newest(one) === undefined && importedLengths(reader, one).length > 0)
      return rules.map((rule) =>
        importedBars(reader, one, rule, {
          ...(fromUs !== undefined && { fromUs }),
          ...(toUs !== undefined && { toUs }),
        }),
      );
    const builders = rules.map((rule) => barBuilder({ venue: one.venue, symbol: one.symbol, rule }));
    // by ids, not by time: a bar also holds what came in it with the time of an earlier one
    const idAt = (timeUs: number): number => reader.firstIdAt(one, timeUs) ?? Number.MAX_SAFE_INTEGER;
    const toId = toUs === undefined ? Number.MAX_SAFE_INTEGER : idAt(toUs);
    const fromId = fromUs === undefined ? 0 : idAt(fromUs);
    const endId = Math.max(
      toId,
      ...rules.map((rule) => (toUs === undefined ? 0 : idAt(endOfLast(rule, toUs)))),
    );
    for (const block of fromId < endId ? piecesOf(reader, one, fromId, endId, rules) : []) {
      if ("newestUs" in block) {
        for (const builder of builders) builder.pushSums(block);
        continue;
      }
      builders.forEach((builder, k) => {
        const cut = rules[k]!.by === "time" ? block.length : firstAtLeast(block.id, toId);
        builder.push(cut === block.length ? block : sliceTrades(block, 0, cut));
      });
    }
    return builders.map((builder) => {
      const bars = builder.bars();
      const from = fromUs === undefined ? 0 : firstAtLeast(bars.startUs, fromUs);
      const to = toUs === undefined ? bars.length : firstAtLeast(bars.startUs, toUs);
      const wanted = sliceBars(bars, from, Math.max(from, to));
      return empty === "flat" ? fillEmpty(wanted) : wanted;
    });
  });
}

/** Trades, or sums of them where the store makes such faster than it hands over trades, and all rules can be made of sums. */
function piecesOf(
  reader: TradeStore,
  series: Series,
  fromId: number,
  toId: number,
  rules: readonly BarRule[],
): Iterable<TradeColumns | TradeSums> {
  const stepUs = stepOf(rules);
  const sums = stepUs === undefined ? undefined : reader.sums?.(series, { fromId, toId }, stepUs);
  return sums ?? reader.blocks(series, { fromId, toId });
}

const LEAST_STEP_US = 100_000;

/** The longest step of time that every bar is whole steps of, such that times may go back by one; undefined: there is none. */
function stepOf(rules: readonly BarRule[]): number | undefined {
  let stepUs = 0;
  for (const rule of rules) {
    if (rule.by !== "time") return undefined;
    for (let rest = rule.intervalUs; rest > 0; ) [stepUs, rest] = [rest, stepUs % rest];
  }
  for (let parts = Math.max(1, Math.ceil(stepUs / MOST_BACK_US)); stepUs / parts >= LEAST_STEP_US; parts++)
    if (stepUs % parts === 0) return stepUs / parts;
  return undefined;
}

/** Bars that came as bars, of the length that is asked for or made of the longest that it is a multiple of. */
function importedBars(
  reader: TradeStore,
  series: Series,
  rule: BarRule,
  { fromUs, toUs }: { readonly fromUs?: number; readonly toUs?: number },
): Bars {
  const bars = reader.importedBars();
  try {
    const askedUs = rule.by === "time" ? rule.intervalUs : Number.NaN;
    const there = bars.intervals(series).map(({ intervalUs }) => intervalUs);
    const ownUs = there.findLast((us) => us <= askedUs && askedUs % us === 0) ?? askedUs;
    // whole bars: what begins before the range, and ends in it, is not of it
    const made = resampleBars(
      bars.bars(series, ownUs, {
        ...(fromUs !== undefined && { fromUs }),
        ...(toUs !== undefined && { toUs: toUs + (ownUs === askedUs ? 0 : askedUs) }),
      }),
      askedUs,
    );
    const from = fromUs === undefined ? 0 : firstAtLeast(made.startUs, fromUs);
    const to = toUs === undefined ? made.length : firstAtLeast(made.startUs, toUs);
    return sliceBars(made, from, Math.max(from, to));
  } finally {
    bars.close();
  }
}

/** The end of the last bar that starts before a time. */
function endOfLast(rule: BarRule, toUs: number): number {
  return rule.by === "time" ? Math.ceil(toUs / rule.intervalUs) * rule.intervalUs : toUs;
}
