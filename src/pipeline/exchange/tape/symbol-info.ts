import { assetsOf } from "../../../core/assets.ts";
import type { SymbolInfo } from "../source.ts";

/** What an exchange says of a symbol, as far as its trades tell. */
export function symbolInfo(symbol: string, prices: readonly string[], qtys: readonly string[]): SymbolInfo {
  const assets = assetsOf(symbol);
  const { base, quote } =
    assets.quote === "" ? { base: symbol.slice(0, -3), quote: symbol.slice(-3) } : assets;
  return { symbol, base, quote, tickSize: finestStep(prices), stepSize: finestStep(qtys) };
}

/** The largest power of ten that divides every number seen, at most 1. */
function finestStep(texts: readonly string[]): string {
  let places = 0;
  for (const text of texts) {
    const used = text.includes(".") ? text.replace(/0+$/, "").length - text.indexOf(".") - 1 : 0;
    if (used > places) places = used;
  }
  return places === 0 ? "1.00000000" : `0.${"1".padStart(places, "0")}`.padEnd(10, "0");
}
