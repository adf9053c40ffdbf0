import { requireColumns, requireFields, requireSettings } from "../../core/arguments.ts";
import { quote, refuse, TickbookError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { formatUtc } from "../../core/time.ts";
import { requireWhole } from "../checks.ts";
import type { Terms } from "./engine/account.ts";
import { newBook } from "./engine/book.ts";
import { simulate } from "./engine/simulate.ts";
import { requireMarket } from "./market-checks.ts";
import { type BacktestSettings, completeTerms, runningRule } from "./run-backtest.ts";
import type { Rule, RunningRule, Strategy } from "./strategy.ts";
import type { Fill, Leg, Market, Order } from "./types.ts";

export interface CausalSettings extends Partial<BacktestSettings> {
  /** So many cuts right after a decision, and as many anywhere; 50 unless told. `"all"`: after every bar. */
  readonly cuts?: number | "all";
  /** Which cuts are drawn; 1 unless told. */
  readonly seed?: number;
}

export interface CausalCheck {
  /** Runs on data that ended earlier. */
  readonly cuts: number;
  /** Decisions of the whole run which were made again. */
  readonly orders: number;
  readonly signals: readonly string[];
}

/**
 * Makes a strategy anew on data that ends earlier, and compares: nothing that it had decided, filled or computed by then
 * may differ, to the last bit. Throws where something does, and names the bar.
 *
 * `make` is given the shortened market, so whatever is fitted on data has to be fitted in there; what was fitted outside
 * can't be seen through. Cuts right after a decision show what peeks at the next bar; cuts anywhere show what looks at
 * the whole. A sample of cuts can miss a leak that shows at few bars: `"all"` can't, at the cost of a run a bar.
 */
export function assertCausal(
  market: Market,
  make: (market: Market) => Strategy | Rule,
  settings: CausalSettings = {},
): CausalCheck {
  const where = "assertCausal";
  requireFields(where, "market", market, ["length", "startUs"]);
  requireColumns(where, { "market.startUs": market.startUs });
  requireSettings(where, settings, ["cuts", "seed", "startCash", "costs"]);

  const { cuts = 50, seed = 1, costs = {}, ...rest } = settings;
  requireMarket(where, market);
  if (cuts !== "all") requireWhole(where, "cuts", cuts, 1);
  if (typeof make !== "function") {
    refuse({
      code: "bad-setting",
      where,
      problem: `needs a function that makes the strategy from a market; got ${quote(make, 40)}`,
      hint: "Pass (market) => meanReversion({ … }), or () => rule.",
    });
  }
  const terms = completeTerms(where, { costs, ...rest });
  const whole = run(make, market, terms);
  const at = cuts === "all" || cuts >= market.length ? everyCut(market) : someCuts(market, whole, cuts, seed);
  for (const cut of at) {
    const found = firstChange(whole, shortened(make, market, cut, whole, terms), cut);
    if (found === undefined) continue;
    refuse({
      code: "look-ahead",
      where,
      problem: `what a strategy knew at a bar must not depend on later bars; without the bars from ${cut} (${formatUtc(market.startUs[cut]!)}) on, at bar ${found.bar} (${formatUtc(market.startUs[found.bar]!)}) ${found.change}`,
      hint: "Look for a mean, a deviation or a fit over the whole series, and for a price of a later bar.",
      facts: { bar: found.bar, cut, what: found.what },
    });
  }
  return { cuts: at.length, orders: whole.orders.length, signals: Object.keys(whole.signals) };
}

interface Run {
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly signals: NonNullable<RunningRule["signals"]>;
  readonly warmUpBars: number;
}

function run(make: (market: Market) => Strategy | Rule, market: Market, terms: Terms): Run {
  const rule = runningRule("assertCausal", make(market), market);
  const book = newBook(market.length, market.legs.length, { isBrief: false });
  simulate(market, rule, terms, book);
  const { signals = {}, warmUpBars = 0 } = rule;
  return { orders: book.orders, fills: book.fills, signals, warmUpBars };
}

/** The run on data that ends before bar `cut`. One that refuses so few bars has decided nothing there. */
function shortened(
  make: (market: Market) => Strategy | Rule,
  market: Market,
  cut: number,
  whole: Run,
  terms: Terms,
): Run {
  try {
    return run(make, firstBars(market, cut), terms);
  } catch (error) {
    if (!(error instanceof TickbookError) || error.code === "bad-setting") throw error;
    return { orders: [], fills: [], signals: {}, warmUpBars: whole.warmUpBars };
  }
}

/** Copies, so that nothing behind the cut is within reach. */
function firstBars(market: Market, length: number): Market {
  const legs = market.legs.map((leg) => {
    const columns = Object.entries(leg).map(([name, value]) => [
      name,
      ArrayBuffer.isView(value) ? (value as Float64Array).slice(0, length) : value,
    ]);
    return Object.fromEntries(columns) as Leg;
  });
  return { ...market, length, startUs: market.startUs.slice(0, length), legs };
}

function everyCut({ length }: Market): readonly number[] {
  return Array.from({ length: length - 1 }, (_, k) => k + 1);
}

/** Right after decisions, anywhere, and where the warm-up ends; ascending. */
function someCuts(
  { length }: Market,
  { orders, warmUpBars }: Run,
  most: number,
  seed: number,
): readonly number[] {
  const { uniform } = random(seed);
  const decided = [...new Set(orders.map(({ bar }) => bar + 1))];
  const all = new Set([warmUpBars - 1, warmUpBars, warmUpBars + 1]);
  for (let k = 0; k < most && decided.length > 0; k++) {
    const [cut] = decided.splice(Math.floor(uniform() * decided.length), 1);
    all.add(cut!);
  }
  for (let k = 0; k < most; k++) all.add(1 + Math.floor(uniform() * (length - 1)));
  return [...all].filter((cut) => cut >= 1 && cut < length).toSorted((a, b) => a - b);
}

interface Change {
  readonly bar: number;
  readonly what: string;
  readonly change: string;
}

/** The earliest thing before the cut that is not the same in both. */
function firstChange(whole: Run, short: Run, cut: number): Change | undefined {
  const all = [
    ...signalChanges(whole, short, cut),
    orderChange(whole, short, cut),
    fillChange(whole, short, cut),
  ];
  return all.reduce(
    (first, one) => (one !== undefined && (first === undefined || one.bar < first.bar) ? one : first),
    undefined,
  );
}

function signalChanges(whole: Run, short: Run, cut: number): readonly (Change | undefined)[] {
  return Object.entries(short.signals).map(([name, values]) => {
    const full = whole.signals[name] ?? new Float64Array();
    for (let bar = 0; bar < cut; bar++) {
      if (Object.is(values[bar], full[bar])) continue;
      return {
        bar,
        what: `signal ${name}`,
        change: `the signal ${name} is ${values[bar]}, and with them ${full[bar]}`,
      };
    }
    return undefined;
  });
}

function orderChange(whole: Run, short: Run, cut: number): Change | undefined {
  const known = whole.orders.filter(({ bar }) => bar < cut);
  for (let k = 0; k < Math.max(known.length, short.orders.length); k++) {
    const [full, cutOff] = [known[k], short.orders[k]];
    const isSame =
      full?.bar === cutOff?.bar &&
      full?.leg === cutOff?.leg &&
      full?.quantity === cutOff?.quantity &&
      full?.reason === cutOff?.reason;
    if (isSame) continue;
    const bar = Math.min(full?.bar ?? cut, cutOff?.bar ?? cut);
    const text = (order: Order | undefined): string =>
      order?.bar === bar ? `${order.reason}: ${order.quantity} units of leg ${order.leg}` : "no such order";
    return { bar, what: "order", change: `the decision is ${text(cutOff)}, and with them ${text(full)}` };
  }
  return undefined;
}

function fillChange(whole: Run, short: Run, cut: number): Change | undefined {
  const known = whole.fills.filter(({ bar }) => bar < cut);
  for (let k = 0; k < Math.max(known.length, short.fills.length); k++) {
    const [full, cutOff] = [known[k], short.fills[k]];
    if (full?.bar === cutOff?.bar && full?.order === cutOff?.order && full?.price === cutOff?.price) continue;
    const bar = Math.min(full?.bar ?? cut, cutOff?.bar ?? cut);
    const text = (fill: Fill | undefined): string =>
      fill?.bar === bar ? `order ${fill.order} at ${fill.price}` : "nothing";
    return { bar, what: "fill", change: `${text(cutOff)} is filled, and with them ${text(full)}` };
  }
  return undefined;
}
