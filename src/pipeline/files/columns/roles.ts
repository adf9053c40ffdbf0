import { markedOffset } from "../values/calendar.ts";
import type { TimeUnit } from "../values/time-digits.ts";

/** What a column of a file means. */
export type Role =
  | "time"
  | "clock"
  | "eventTime"
  | "id"
  | "price"
  | "qty"
  | "maker"
  | "side"
  | "makerSide"
  | "firstId"
  | "lastId"
  | "symbol"
  | "open"
  | "high"
  | "low"
  | "close"
  | "volume"
  | "quoteVolume"
  | "tradeCount"
  | "takerBuyVolume"
  | "interval"
  | "complete"
  | "venue"
  | "venueKind";

/** Names of columns, in lower case and without anything but letters and digits. The first names of a role win. */
const NAMES: Readonly<Record<Role, string>> = {
  time: "opentime timeopen starttime barstart start tradetime transacttime exchangetime exchangetimestamp microtimestamp time timestamp datetime datetimeutc unixtimestamp unixtime unix epoch ts date dt day createdtime createdat created period timeperiodstart windowstart mts t index indexlevel0 gmttime utctime localtime snappedat observationdate blocktime",
  clock: "timeofday clock hour",
  eventTime: "eventtime",
  id: "id tradeid aggid aggtradeid aggregatetradeid tid trdid",
  price: "price px tradeprice",
  qty: "qty quantity amount size tradeqty lastqty sz",
  maker: "isbuyermaker buyerismaker buyermaker isbuyerthemaker",
  side: "side takerside aggressorside takersidetype direction",
  makerSide: "makerside",
  firstId: "firstid firsttradeid",
  lastId: "lastid lasttradeid",
  symbol: "symbol ticker instrument instrumentname instid pair market productid asset currencypair sym coin",
  open: "open openprice priceopen o",
  high: "high highprice pricehigh h",
  low: "low lowprice pricelow l",
  close: "close closeprice priceclose c closelast last closing settle settlement settlementprice",
  volume: "volume vol v basevolume volumebase tickvol tickvolume volumetraded basevol volumeshares shares",
  quoteVolume: "quotevolume quoteassetvolume volumequote volumecurrency turnover quotevol amountquote",
  tradeCount: "count trades tradecount tradescount numberoftrades numtrades transactions n",
  takerBuyVolume: "takerbuyvolume takerbuybasevolume takerbuybaseassetvolume takerbasevol takerbuybase",
  interval: "interval timeframe barinterval barlength barsize candleinterval granularity resolution",
  complete: "complete",
  venue: "venue exchange",
  venueKind: "venuekind",
};

/** Names that mean something else than a price, however they are written: no column of theirs is offered as one. */
const OTHER =
  /(volume|trades|count|quantity|amount|turnover|interest|funding|returns?|signal|zscore|position|weight|spread|factor|dividend|change|percent|vwap|average|timestamp|datetime|adjclose|adjustedclose|bestmatch|liquidation|(?:trade|order|agg|buyer|seller|user|row)id|(?:open|close|start|end|event|local|receive|received|exchange)time|best(?:bid|ask)(?:price|qty|size)?|(?:open|close|start|end|settle|trade)date)s?$/;

/** The same, where they are the whole name or a word of it: `MASK` and `GRID` are symbols. */
const OTHER_WORD =
  /^(?:vol|qty|ret|log|rank|index|flag|split|chg|pct|avg|fee|cost|id|ignore|complete|bid|ask|time|date|end|per|order|type|rpi|takerbuy)s?$/i;

/** Words that make a name of several of them another thing than a price, wherever they stand. */
const NO_PRICE =
  /^(?:volumes?|vol|turnover|amount|qty|quantity|size|trades|count|market_?cap|cap|supply|funding|returns?|log|ln|signal|zscore|weight|dividends?|vwap|sma\d*|ema\d*|wma\d*|rsi\d*|atr\d*|macd|std|stdev|mean|average|avg|unnamed|timestamp|time|date)$/i;

/** A market by its two assets, in capitals: `TIME_USDT`, `CAP/BTC`. */
const PAIR = /^([A-Z0-9]{2,10})[_/-](USDT|USDC|FDUSD|TUSD|BUSD|BTC|ETH|BNB|EUR|GBP|JPY|TRY|KRW|USD)$/;
/** What money can be counted of; `CAP_USD` and `SUPPLY_USD` as well, in a currency of states. */
const OF_MONEY =
  /^(?:VOLUMES?|VOL|TURNOVER|AMOUNT|QTY|QUANTITY|SIZE|TRADES|COUNT|MARKETCAP|MCAP|OI|FUNDING|VWAP|RETURNS?|TAKER|BUY|SELL|BASE|QUOTE)$/;
const OF_STATES = /^(?:CAP|SUPPLY|FEE|FEES|COST|MEAN|AVG|STD)$/;

/** Whether a name is that of a market, though a word of it means something else elsewhere. */
function isPair(name: string): boolean {
  const [, base, quote] = PAIR.exec(name) ?? [];
  if (base === undefined || OF_MONEY.test(base)) return false;
  return !(OF_STATES.test(base) && /^(?:EUR|GBP|JPY|TRY|KRW|USD)$/.test(quote!));
}

/** The same in other languages, as brokers and portals write them: German, French, Spanish, Italian, Portuguese. */
const LOCAL: Readonly<Partial<Record<Role, string>>> = {
  time: "datum zeit zeitpunkt zeitstempel fecha data horodatage",
  clock: "uhrzeit heure hora ora",
  price: "preis prix precio prezzo preço",
  qty: "menge stück anzahl quantité cantidad quantità quantidade",
  open: "eröffnung eröffnungskurs erster ouverture ouv apertura abertura",
  high: "hoch höchst höchstkurs tageshoch haut plushaut máximo máxima massimo",
  low: "tief tiefst tiefstkurs tagestief bas plusbas mínimo mínima minimo",
  close: "schluss schlusskurs kurs letzter clôture dernier cierre último chiusura ultimo fechamento",
  volume: "volumen umsatzstück volumi",
};

const BY_NAME: ReadonlyMap<string, { readonly role: Role; readonly rank: number }> = new Map(
  (Object.entries(NAMES) as [Role, string][]).flatMap(([role, names]) =>
    `${names} ${LOCAL[role] ?? ""}`
      .trim()
      .split(" ")
      .map((name, rank) => [name, { role, rank }] as const),
  ),
);

export interface Meaning {
  readonly role: Role;
  /** Lower is likelier, among columns of one role. */
  readonly rank: number;
  readonly unit: TimeUnit | undefined;
}

/** `Open time (UTC)` → `opentime`: what is compared. */
export function bareName(name: string): string {
  return (
    name
      .replace(/\s*[([](?:[A-Za-z0-9/+:_\s-]*)[)\]]\s*$/, "")
      // OKX names its columns twice: `size/数量`
      .replace(/\/\p{Script=Han}[^/]*$/u, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "")
  );
}

/** What a column's name says; undefined: nothing that is known. */
export function meaningOf(name: string): Meaning | undefined {
  const full = bareName(name);
  const found = BY_NAME.get(full);
  if (found) return { ...found, unit: undefined };
  const unit =
    /(?:[_\s(-]|time|stamp|date|unix|epoch|ts)(s|sec|secs|seconds|ms|msec|millis|milliseconds|us|micros|microseconds|ns|nanos|nanoseconds)\)?$/i.exec(
      name.trim(),
    )?.[1];
  if (unit === undefined) return undefined;
  const short = name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, -unit.length);
  const role = BY_NAME.get(short);
  if (role?.role !== "time" && role?.role !== "eventTime") return undefined;
  // `dates` and `timestamps` are several, and no seconds
  const isPlural = unit === "s" && /[a-z]s$/i.test(name.trim());
  return { ...role, unit: isPlural ? undefined : unitOf(unit) };
}

function unitOf(text: string): TimeUnit {
  const unit = text.toLowerCase();
  if (unit.startsWith("n")) return "ns";
  if (unit.startsWith("u") || unit.startsWith("mic")) return "us";
  return unit.startsWith("m") ? "ms" : "s";
}

/** Whether a name that is not known may be the name of a symbol, whose prices its column then holds. */
export function maySayPrices(name: string): boolean {
  if (isPair(name)) return true;
  const bare = bareName(name);
  if (
    name === "" ||
    OTHER.test(bare) ||
    /^(?:unnamed\d*|row|rownumber|no|nr|number|note|comment)$/.test(bare)
  )
    return false;
  const words = name.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((word) => word !== "");
  return !words.some((word) => OTHER_WORD.test(word) || (words.length > 1 && NO_PRICE.test(word)));
}

/** The offset that the name of a column of times tells: `start (UTC)`, `Gmt time`, `Date (UTC+8)`; undefined: none. */
export function zoneInName(name: string): number | undefined {
  if (/(?:^(?:utc|gmt)[\s_]|[\s_](?:utc|gmt)$)/i.test(name.trim())) return 0;
  const mark = /\(([^()]*)\)$/.exec(name.trim())?.[1];
  return mark === undefined || mark.trim() === "" ? undefined : markedOffset(mark.trim());
}

/** A zone in such a name that is no offset: `Time (EST)`, `Date (America/New_York)`, `Local time`. */
export function openZoneInName(name: string): string | undefined {
  if (/^local[\s_]?time$/i.test(name.trim())) return name;
  const mark = /\(([^()]*)\)$/.exec(name.trim())?.[1]?.trim() ?? "";
  const isZone =
    /^[A-Z]{2,5}$/.test(mark) || /^[A-Z][A-Za-z]+\/[A-Za-z_]+$/.test(mark) || /^local(?: time)?$/i.test(mark);
  return isZone && !/^(?:MS|US|NS|SEC|UTC|GMT|OPEN|CLOSE)$/.test(mark) ? name : undefined;
}

/** A column that holds the zone of each row's time, or its offset. */
export function saysZone(name: string): boolean {
  return /^(?:tz|timezone|zone|utcoffset|gmtoffset|tzoffset|timezoneoffset|offset)$/.test(bareName(name));
}

export const ROLES: readonly Role[] = Object.keys(NAMES) as Role[];
