import { requireFields, requireSettings } from "../../core/arguments.ts";
import type { BarIdentity, BarRule, Bars } from "../../core/bars.ts";
import type { Venue } from "../../core/trade.ts";
import type { TradeColumns } from "../../core/trade-columns.ts";
import { barBuilder } from "./builder.ts";
import { fillEmpty } from "./fill-empty.ts";
import { barRule } from "./rule.ts";

export interface BarSettings {
  readonly venue: Venue;
  readonly symbol: string;
  /** `"1s"`, `"5m"`, `"500 trades"`, `"10 volume"`, `"1000000 quote"`, or a rule. */
  readonly every: string | BarRule;
  /** Intervals without a trade: left out (`"skip"`, the default), or bars at the last close (`"flat"`). */
  readonly empty?: "skip" | "flat";
}

/** A series of a store is taken as it is, with the rest beside it. */
const SERIES_FIELDS = ["venue", "symbol", "key"];

/** Bars of trades given by ascending id, the last one (to which more may come) included. */
export function barsFromTrades(trades: TradeColumns, settings: BarSettings): Bars {
  requireFields("barsFromTrades", "trades", trades, []);
  requireSettings("barsFromTrades", settings, ["venue", "symbol", "every", "empty"], [SERIES_FIELDS]);

  const { venue, symbol, every, empty } = settings;
  const identity: BarIdentity = { venue, symbol, rule: barRule(every, "barsFromTrades") };
  const builder = barBuilder(identity);
  builder.push(trades);
  const bars = builder.bars();
  return empty === "flat" ? fillEmpty(bars) : bars;
}
