import { refuse } from "../../../core/errors.ts";
import { checkSymbolForm } from "../../../pipeline/venues/binance/info.ts";
import type { Ticker } from "../../../pipeline/venues/binance/tickers.ts";

/** Which symbols are meant: by name, and by patterns such as `*USDT`. */
export interface SymbolChoice {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  /** Of those that fit a pattern, so many with the most trades in a day; undefined: all that trade. */
  readonly mostTraded?: number;
}

const MOST_SYMBOLS = 3000;

/** `A,*B` and a number, checked; undefined where none are given. */
export function symbolChoice(
  list: readonly string[] | undefined,
  mostTraded: number | undefined,
): SymbolChoice | undefined {
  const [names, patterns] = [true, false].map(
    (isName) => list?.filter((one) => one.includes("*") !== isName) ?? [],
  ) as [string[], string[]];
  for (const name of names) checkSymbolForm(name);
  for (const pattern of patterns) if (pattern !== "*") checkSymbolForm(pattern.replaceAll("*", ""));
  if (mostTraded !== undefined && patterns.length === 0)
    refuse({
      code: "bad-flag",
      where: "--most-traded",
      problem: "needs a pattern among --symbols of which it takes the most traded; got none",
      hint: "Pass for example --symbols '*USDT' --most-traded 50.",
    });
  if (list === undefined) return undefined;
  return { names, patterns, ...(mostTraded !== undefined && { mostTraded }) };
}

/** The symbols meant, of those that an exchange lists: the named ones first, the others by their trades. */
export function chosenSymbols(choice: SymbolChoice, listed: readonly Ticker[]): string[] {
  const fits = choice.patterns.map(
    (pattern) => new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "u"),
  );
  const found = listed
    .filter(({ symbol, trades }) => trades > 0 && fits.some((fit) => fit.test(symbol)))
    .sort((a, b) => b.trades - a.trades || (a.symbol < b.symbol ? -1 : 1))
    .slice(0, choice.mostTraded ?? MOST_SYMBOLS);
  return [...new Set([...choice.names, ...found.map(({ symbol }) => symbol)])];
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
