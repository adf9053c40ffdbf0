import { quote, refuse } from "../../core/errors.ts";
import type { Venue } from "../../core/trade.ts";
import type { BinanceName } from "../files/binance-name.ts";
import type { Layout } from "../files/columns/layout.ts";
import type { OpenFile } from "../files/tables/open-file.ts";

/** Binance's markets, whose files have the same names and never mix. */
const MARKETS = {
  spot: { name: "binance", kind: "real", detail: "Binance spot" },
  usdm: { name: "binance-usdm", kind: "real", detail: "Binance USD-M futures" },
  coinm: { name: "binance-coinm", kind: "real", detail: "Binance COIN-M futures" },
} as const satisfies Record<string, Venue>;

/**
 * The venue that a file's rows belong to: of Binance's own files the market they are of; of others one of the kind `file`
 * under the name that its user gives, or `file`. A series of an exchange takes them in only where `asked` names that very
 * series. `known`: as the database has them.
 */
export function fileVenue(
  { name, path }: OpenFile,
  named: BinanceName | undefined,
  layout: Layout,
  {
    venue: asked,
    venueName,
  }: { readonly venue?: string | undefined; readonly venueName?: string | undefined },
  known: readonly Venue[],
): Venue {
  const market = named === undefined ? undefined : marketOf(named, layout, path);
  if (market !== undefined && asked !== undefined && asked !== market.name && isMarket(asked)) {
    refuse({
      code: "another-market",
      where: name,
      problem: `needs the venue that it is of, ${quote(market.name)} (${market.detail}); got ${quote(asked, 60)}`,
      hint: "Leave --venue out.",
    });
  }
  if (asked === undefined && venueName === undefined && market !== undefined)
    return known.find((one) => one.name === market.name) ?? market;
  const wanted = asked ?? venueName ?? "file";
  const there =
    known.find((one) => one.name === wanted) ?? Object.values(MARKETS).find((one) => one.name === wanted);
  if (there !== undefined && there.kind !== "file" && asked === undefined) notItsOwn(name, wanted, there);
  return there ?? { name: wanted, kind: "file", detail: `files, the first ${name}` };
}

function notItsOwn(file: string, wanted: string, { kind, detail }: Venue): never {
  const what = kind === "real" ? "the exchange's own series" : `a series of the kind ${kind}`;
  return refuse({
    code: "another-market",
    where: file,
    problem: `needs a name of its own, for what a file says is not proven by an exchange; ${quote(wanted, 60)} is ${what} (${detail})`,
    hint: `Pass --venue-name my-${wanted}; or --venue ${wanted}, if its rows are to join that series.`,
    facts: { venue: wanted, kind },
  });
}

/** What is told where rows of one's own file join an exchange's series. */
export function joinedText(venue: Venue, named: BinanceName | undefined): string[] {
  if (venue.kind === "file" || named !== undefined) return [];
  return [
    `Its rows join the series of ${quote(venue.name, 60).slice(1, -1)} (${venue.kind}), as you said by --venue.`,
  ];
}

function isMarket(name: string): boolean {
  return Object.values(MARKETS).some((one) => one.name === name);
}

/** Files of futures have a header or lack the column `isBestMatch`; those of contracts in coins end in a date or PERP. */
function marketOf({ symbol, kind }: BinanceName, { headerRows, width }: Layout, path: string): Venue {
  const inPath = /[\\/]futures[\\/](um|cm)[\\/]/.exec(path)?.[1];
  if (inPath === "cm" || /USD_(PERP|\d{6})$/.test(symbol)) return MARKETS.coinm;
  if (inPath === "um") return MARKETS.usdm;
  const isNarrow = (kind === "trades" && width === 6) || (kind === "aggTrades" && width === 7);
  // a header with isBestMatch was put there by hand
  const hasBest = (kind === "trades" && width === 7) || (kind === "aggTrades" && width === 8);
  return isNarrow || (headerRows > 0 && !hasBest) ? MARKETS.usdm : MARKETS.spot;
}
