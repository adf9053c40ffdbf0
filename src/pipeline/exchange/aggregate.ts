import type { MarketTrade } from "./source.ts";

/** The fills of one taker order at one price. */
export interface Aggregate {
  readonly aggregateId: number;
  readonly firstId: number;
  readonly lastId: number;
  /** Exact sum of the fills' quantities. */
  readonly qty: string;
  readonly fills: readonly MarketTrade[];
}

/** Groups one symbol's trades, ascending by id, by their aggregate. */
export function aggregate(trades: readonly MarketTrade[]): Aggregate[] {
  const out: Aggregate[] = [];
  for (let from = 0; from < trades.length; ) {
    const first = trades[from]!;
    let to = from + 1;
    while (to < trades.length && trades[to]!.aggregateId === first.aggregateId) to++;
    const fills = trades.slice(from, to);
    out.push({
      aggregateId: first.aggregateId,
      firstId: first.id,
      lastId: fills.at(-1)!.id,
      qty: fills.length === 1 ? first.qty : sumDecimals(fills.map(({ qty }) => qty)),
      fills,
    });
    from = to;
  }
  return out;
}

/** Exact sum of decimal texts, with as many places as the longest, 8 at least. */
export function sumDecimals(texts: readonly string[]): string {
  const places = Math.max(8, ...texts.map((text) => (text.split(".")[1] ?? "").length));
  let sum = 0n;
  for (const text of texts) {
    const [whole, part = ""] = text.split(".");
    sum += BigInt(whole + part.padEnd(places, "0"));
  }
  return decimal(sum, places);
}

/** price · qty to 8 places, cut off below, as quoteQty is shown. */
export function multiplyDecimals(a: string, b: string): string {
  const places = (text: string): number => (text.split(".")[1] ?? "").length;
  const digits = (text: string): bigint => BigInt(text.replace(".", ""));
  const have = places(a) + places(b);
  const product = digits(a) * digits(b);
  return decimal(have > 8 ? product / 10n ** BigInt(have - 8) : product * 10n ** BigInt(8 - have), 8);
}

function decimal(units: bigint, places: number): string {
  const text = units.toString().padStart(places + 1, "0");
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}
