import type { SymbolInfo } from "../source.ts";
import { inUnit } from "../units.ts";
import { type Query, RestRefusal } from "./query.ts";
import type { RestWorld } from "./rest-world.ts";

/** `GET /api/v3/exchangeInfo`: of one symbol, of several, or of all. */
export function exchangeInfo(query: Query, { source, settings, nowUs, unit }: RestWorld): unknown {
  const wanted = askedSymbols(query);
  const isTrading = query.has("symbolStatus") ? query.text("symbolStatus") === "TRADING" : true;
  const symbols = wanted
    ? wanted.map((name) => {
        const info = source.symbols.find(({ symbol }) => symbol === name);
        if (!info) throw new RestRefusal(-1121, "Invalid symbol.");
        return info;
      })
    : source.symbols.filter(() => isTrading);
  const minuteLimit = { interval: "MINUTE", intervalNum: 1, limit: settings.weightPerMinute };
  return {
    timezone: "UTC",
    serverTime: inUnit(nowUs, unit),
    rateLimits: [
      { rateLimitType: "REQUEST_WEIGHT", ...minuteLimit },
      { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, limit: 100 },
      { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, limit: 200_000 },
      { rateLimitType: "RAW_REQUESTS", interval: "MINUTE", intervalNum: 5, limit: 300_000 },
    ],
    exchangeFilters: [],
    symbols: symbols.map(symbolEntry),
  };
}

function askedSymbols(query: Query): readonly string[] | undefined {
  const one = query.symbolText();
  const list = query.text("symbols");
  if (one !== undefined && list !== undefined) {
    throw new RestRefusal(-1128, "Combination of optional parameters invalid.");
  }
  if (one !== undefined) return [one];
  if (list === undefined) return undefined;
  const illegal =
    "Illegal characters found in parameter 'symbols'; legal range is '^\\[(\"[\\w\\-._&&[^a-z]]{1,50}\"(,\"[\\w\\-._&&[^a-z]]{1,50}\"){0,}){0,1}\\]$'.";
  let names: unknown;
  try {
    names = JSON.parse(list);
  } catch {
    throw new RestRefusal(-1100, illegal);
  }
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string" || /[a-z]/.test(name))) {
    throw new RestRefusal(-1100, illegal);
  }
  return names as string[];
}

function symbolEntry({ symbol, base, quote, tickSize, stepSize }: SymbolInfo): unknown {
  return {
    symbol,
    status: "TRADING",
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ["LIMIT", "MARKET"],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    amendAllowed: false,
    pegInstructionsAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: true,
    filters: [
      { filterType: "PRICE_FILTER", minPrice: tickSize, maxPrice: "1000000.00000000", tickSize },
      { filterType: "LOT_SIZE", minQty: stepSize, maxQty: "92141578.00000000", stepSize },
    ],
    permissions: [],
    permissionSets: [["SPOT", "MARGIN"]],
    defaultSelfTradePreventionMode: "NONE",
    allowedSelfTradePreventionModes: ["NONE"],
  };
}
