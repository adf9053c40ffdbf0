import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import { nameHints } from "../file-name.ts";
import type { Expectations, Layout, RowKind } from "./layout.ts";
import type { Role } from "./roles.ts";

type At = Readonly<Partial<Record<Role, number>>>;

/** Binance's files without a header, by the number of their columns. */
const BINANCE: Readonly<Record<RowKind, { readonly widths: readonly number[]; readonly at: At }>> = {
  trades: { widths: [7, 6], at: { id: 0, price: 1, qty: 2, time: 4, maker: 5 } },
  merged: { widths: [8, 7], at: { id: 0, price: 1, qty: 2, firstId: 3, lastId: 4, time: 5, maker: 6 } },
  bars: {
    widths: [12],
    at: {
      time: 0,
      open: 1,
      high: 2,
      low: 3,
      close: 4,
      volume: 5,
      quoteVolume: 7,
      tradeCount: 8,
      takerBuyVolume: 9,
    },
  },
};

const OHLCV: At = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5 };
const KRAKEN_BARS: At = { ...OHLCV, tradeCount: 6 };
const KRAKEN_TRADES: At = { time: 0, price: 1, qty: 2 };
const METATRADER: At = { time: 0, clock: 1, open: 2, high: 3, low: 4, close: 5, tradeCount: 6 };

/** HistData documents its times as those of New York without daylight saving. */
const EST_US = -5 * 3_600e6;

/** The layout of a file without a header, by its name, by what was asked for, or by a first row that only one has. */
export function headerless(
  asking: Asking,
  rows: readonly (readonly string[])[],
  expected: Expectations,
): Layout {
  const first = rows[0]!;
  const width = first.length;
  const { kind } = expected;
  const hints = nameHints(expected.fileName);
  const base = {
    headerRows: 0,
    width,
    names: first.map((_, i) => `column ${i + 1}`),
    twin: undefined,
    intervalUs: hints.intervalUs,
    // no vendor that leaves the header out writes decimal commas
    decimal: "." as const,
  };
  const bars = (at: At, more: Partial<Layout> = {}): Layout => ({
    ...base,
    kind: "bars",
    at,
    time: { name: "time" },
    groups: [{ symbol: undefined, at }],
    isCounted: false,
    told: [],
    ...more,
  });
  if (kind !== undefined) {
    const { widths, at } = BINANCE[kind];
    if (!widths.includes(width)) {
      return refuseRow(asking, {
        code: "bad-columns",
        row: 1,
        need: `the ${widths.join(" or ")} columns of Binance's ${kind === "bars" ? "klines" : kind === "merged" ? "aggTrades" : kind}; it has ${width}`,
        hint: "See whether the file is what its name or --kind says.",
        facts: { columns: width },
      });
    }
    if (kind === "bars") return bars(at);
    return { ...base, kind, at, time: { name: "time" }, groups: [], isCounted: true, told: [] };
  }
  if (isKline(first))
    return bars(BINANCE.bars.at, { told: ["It has no header; its columns are those of Binance's klines."] });
  if (width === 6 && /^\d{8} \d{6}$/.test(first[0]!)) {
    return bars(OHLCV, {
      time: { name: "time", offsetUs: EST_US },
      told: ["It has HistData's columns; their times are EST without daylight saving, UTC-5."],
    });
  }
  if (width === 7 && /^\d{4}\.\d\d\.\d\d$/.test(first[0]!) && /^\d\d:\d\d$/.test(first[1]!))
    return bars(METATRADER, { told: ["It has MetaTrader's columns; its last one counts ticks."] });
  if (hints.kraken === "bars" && (width === 7 || width === 8))
    return bars(width === 7 ? KRAKEN_BARS : { ...OHLCV, volume: 6, tradeCount: 7 }, {
      told: ["It has Kraken's columns of bars."],
    });
  if (
    width === 3 &&
    /^\d{10}(?:\.\d+)?$/.test(first[0]!) &&
    (hints.kraken === "trades" || hints.symbol !== undefined)
  ) {
    const told = ["It has Kraken's columns of trades."];
    return {
      ...base,
      kind: "trades",
      at: KRAKEN_TRADES,
      time: { name: "time" },
      groups: [],
      isCounted: false,
      told,
    };
  }
  return refuseRow(asking, {
    code: "no-header",
    row: 1,
    need: `a header that names its columns; it begins with ${quote(first.join(","), 80)}`,
    hint: `Add one, or name them in their order: ${say(asking, "columns", HINTS[Math.min(6, width)] ?? "time,price,qty")}.`,
  });
}

/** What the columns of a file without a header may be, by their number. */
const HINTS: Readonly<Record<number, string>> = {
  2: "time,close",
  5: "time,open,high,low,close",
  6: "time,open,high,low,close,volume",
};

/** Twelve numbers, the seventh the end of the bar that begins with the first. */
function isKline(row: readonly string[]): boolean {
  if (row.length !== 12 || !row.every((cell) => /^-?\d+(\.\d+)?$/.test(cell))) return false;
  const [from, to] = [row[0]!, row[6]!];
  return from.length === to.length && from.length >= 13 && Number(to) > Number(from) && /999$/.test(to);
}
