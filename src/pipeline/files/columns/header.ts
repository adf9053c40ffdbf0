import { assetsOf } from "../../../core/assets.ts";
import { quote } from "../../../core/errors.ts";
import { type Asking, refuseRow, say } from "../asking.ts";
import { nameHints } from "../file-name.ts";
import { groupsOf, lettersAreSymbols, oneClose } from "./groups.ts";
import { headerless } from "./headerless.ts";
import type { Expectations, Layout, RowKind } from "./layout.ts";
import { headerNames } from "./names.ts";
import { bareName, maySayPrices, meaningOf, type Role } from "./roles.ts";
import { type TimeChoice, timeChoice } from "./times.ts";

type At = Partial<Record<Role, number>>;

const COLUMNS: Readonly<Record<RowKind, string>> = {
  trades: "id, price, qty, time, and is_buyer_maker (true or false) or side (buy or sell, the taker's)",
  merged: "agg_id, price, qty, first_id, last_id, time, is_buyer_maker",
  bars: "time, open, high, low, close, volume; or time and the closes of each symbol",
};

/** Finds out where a file has what, from its names or, where it has none, from its first row. */
export function layoutOf(
  asking: Asking,
  rows: readonly (readonly string[])[],
  expected: Expectations,
): Layout {
  const header = headerNames(asking, rows);
  if (header === undefined) return headerless(asking, rows, expected);
  const { names } = header;
  const isSymbol = lettersAreSymbols(names, header.given);
  const sample = rows.slice(header.rows);
  const choice = timeChoice(asking, header, sample, expected);
  const { at, told } = rolesOf(asking, names, sample, choice, isSymbol);
  at.time = choice.at;
  if (choice.clockAt !== undefined) at.clock = choice.clockAt;
  const kind = expected.kind ?? kindOf(at);
  if (kind === "trades") oneAmount(asking, names, at, header.given);
  if (kind === "bars") oneClose(asking, names, at, header.given);
  const groups = kind === "bars" ? groupsOf(asking, names, at, choice, isSymbol) : [];
  const layout: Layout = {
    kind,
    headerRows: header.rows,
    width: rows[0]!.length,
    names,
    at,
    time: choice.column,
    twin: choice.twin,
    groups,
    isCounted: isCounted(names, at, sample),
    intervalUs: nameHints(expected.fileName).intervalUs,
    // MetaTrader and Stooq
    ...(names.every((name) => /^<[A-Z]+>$/.test(name)) && { decimal: "." as const }),
    ...(isOwn(names) && { isOwn: true }),
    told,
  };
  checkNeeded(asking, layout, expected.kind !== undefined);
  return layout;
}

/** The first names of this product's own exports. */
function isOwn(names: readonly string[]): boolean {
  return names[0] === "venue" && names[1] === "venue_kind" && names[2] === "symbol";
}

/** Which column has which meaning; two that could have one are refused. */
function rolesOf(
  asking: Asking,
  names: readonly string[],
  sample: readonly (readonly string[])[],
  choice: TimeChoice,
  isSymbol: (name: string) => boolean,
): { at: At; told: string[] } {
  const at: At = {};
  const told: string[] = [];
  for (const [i, name] of names.entries()) {
    const found = isSymbol(name) ? undefined : meaningOf(name);
    if (found === undefined || found.role === "time" || found.role === "clock" || i === choice.at) continue;
    const { role } = found;
    const other = at[role];
    if (other !== undefined && role === "volume") {
      at.volume = volumeAmong(asking, names, sample, [other, i]);
      continue;
    }
    if (other !== undefined) {
      refuseRow(asking, {
        code: "bad-columns",
        need: `one column of each kind; both ${quote(names[other]!)} and ${quote(name)} could be the ${role}`,
        hint: `Say which: ${say(asking, "columns", `${role}=${name}`)}.`,
      });
    }
    at[role] = i;
  }
  told.push(...volumesByUnit(asking, names, sample, at));
  marketLayouts(asking, names, at, told);
  return { at, told };
}

/** Ticks are counted where there is no volume: of `TICKVOL` and `VOL` the second. */
function volumeAmong(
  asking: Asking,
  names: readonly string[],
  sample: readonly (readonly string[])[],
  [a, b]: readonly [number, number],
): number {
  const isTick = (i: number): boolean => bareName(names[i]!).startsWith("tick");
  if (isTick(a) !== isTick(b)) {
    const volume = isTick(a) ? b : a;
    const isEmpty = sample.every((row) => Number(row[volume]) === 0);
    return isEmpty ? (isTick(a) ? a : b) : volume;
  }
  // `Volume BTC` and `Volume USD` are told apart by their units
  const found = byUnit(asking, names, sample, [a, b]);
  if (found !== undefined) return found.base;
  return refuseRow(asking, {
    code: "bad-columns",
    need: `one column of each kind; both ${quote(names[a]!)} and ${quote(names[b]!)} could be the volume`,
    hint: `Say which: ${say(asking, "columns", `volume=${names[a]}`)}.`,
  });
}

const MONEY = /^(usd|usdt|usdc|busd|tusd|fdusd|eur|gbp|jpy|try|brl|krw|inr|currency|quote)$/;

/** The unit that a volume's name carries: `Volume BTC`, `Volume_(Currency)`. */
function volumeUnit(name: string): string | undefined {
  return /^vol(?:ume)?[\s_.-]*\(?([A-Za-z0-9]{2,10})\)?$/i.exec(name.trim())?.[1]?.toLowerCase();
}

function byUnit(
  asking: Asking,
  names: readonly string[],
  sample: readonly (readonly string[])[],
  candidates: readonly number[],
): { readonly base: number; readonly quote: number } | undefined {
  const symbolAt = names.findIndex((name) => meaningOf(name)?.role === "symbol");
  const symbol = (asking.options.symbol ?? sample[0]?.[symbolAt] ?? "").toUpperCase();
  const plain = symbol.replace(/[^A-Z0-9]/g, "");
  const assets = assetsOf(plain);
  const units = candidates.map((i) => ({ i, unit: volumeUnit(names[i]!) ?? "" }));
  const quoted = units.filter(({ unit }) =>
    assets.quote === "" ? MONEY.test(unit) : unit === assets.quote.toLowerCase() || unit === "currency",
  );
  const [money] = quoted;
  const base = units.find(({ i }) => i !== money?.i);
  return quoted.length === 1 && base ? { base: base.i, quote: money!.i } : undefined;
}

/** Volumes whose names carry their unit; what is told of those that could be either. */
function volumesByUnit(
  asking: Asking,
  names: readonly string[],
  sample: readonly (readonly string[])[],
  at: At,
): string[] {
  const found = [...names.keys()].filter(
    (i) => volumeUnit(names[i]!) !== undefined && bareName(names[i]!) !== "volume",
  );
  const unnamed = found.filter((i) => meaningOf(names[i]!) === undefined);
  const candidates = [...new Set([...found, ...(at.volume === undefined ? [] : [at.volume])])];
  if (unnamed.length === 0 && found.length < 2) return [];
  if (candidates.length === 1) {
    at.volume = candidates[0]!;
    return [];
  }
  const units = byUnit(asking, names, sample, candidates);
  if (units === undefined || candidates.length > 2) {
    const all = candidates.map((i) => quote(names[i]!)).join(" and ");
    return at.volume === undefined
      ? [
          `No volume was taken: ${all} could be it. Say which: ${say(asking, "columns", `volume=${names[candidates[0]!]}`)}.`,
        ]
      : [];
  }
  at.volume = units.base;
  at.quoteVolume = units.quote;
  return [];
}

/** What some markets' files mean by names that others use otherwise. */
function marketLayouts(asking: Asking, names: readonly string[], at: At, told: string[]): void {
  const bare = new Set(names.map(bareName));
  const has = (...all: readonly string[]): boolean => all.every((name) => bare.has(name));
  // Bitstamp: 0 buys, 1 sells
  if (has("tid", "type", "amount")) at.side = names.findIndex((name) => bareName(name) === "type");
  if (has("productid", "tradeid", "side")) {
    if (!has("makerorderid") && !has("sequence")) {
      refuseRow(asking, {
        code: "open-side",
        need: "a side that is one thing; some of Coinbase's interfaces name the maker's, others the taker's",
        hint: `Say which: ${say(asking, "columns", "maker_side=side")} or ${say(asking, "columns", "taker_side=side")}.`,
      });
    }
    at.makerSide = at.side!;
    delete at.side;
    told.push("Coinbase names the side of the maker; the taker's is the other one.");
  }
  // a list of days: the price is the close
  if (at.open !== undefined && at.high !== undefined && at.close === undefined && at.price !== undefined)
    at.close = at.price;
}

function kindOf(at: At): RowKind {
  const has = (...roles: readonly Role[]): boolean => roles.every((role) => at[role] !== undefined);
  if (has("open", "close") || has("high", "low")) return "bars";
  if (has("firstId", "lastId", "price", "qty")) return "merged";
  if (has("price") && at.qty === undefined && has("volume") && (has("side") || has("id"))) {
    at.qty = at.volume!;
    delete at.volume;
  }
  const isTrade =
    has("price", "qty") || (!has("close") && ["id", "side", "maker"].some((role) => has(role as Role)));
  return isTrade ? "trades" : "bars";
}

/** `amount` is a quantity to some and money to others; beside a volume it may be either. */
function oneAmount(asking: Asking, names: readonly string[], at: At, given: ReadonlySet<number>): void {
  const { qty, volume } = at;
  if (qty === undefined || volume === undefined || qty === volume || given.has(qty)) return;
  if (bareName(names[qty]!) !== "amount") return;
  refuseRow(asking, {
    code: "bad-columns",
    need: `one column of each kind; both ${quote(names[qty]!)} and ${quote(names[volume]!)} could be the qty`,
    hint: `Say which: ${say(asking, "columns", `qty=${names[qty]}`)}.`,
  });
}

/** Whether a trade has an id that an exchange counts by, and a taker. */
function isCounted(names: readonly string[], at: At, sample: readonly (readonly string[])[]): boolean {
  if (at.id === undefined || (at.maker === undefined && at.side === undefined && at.makerSide === undefined))
    return false;
  // Bybit numbers the rows of each file anew
  const bare = names.map(bareName).join(" ");
  if (/^id timestamp price volume side( rpi)?$/.test(bare)) return false;
  return sample.slice(0, 20).every((row) => /^\d{1,16}$/.test(row[at.id!]!.replace(/\.0$/, "")));
}

const NEEDED: Readonly<Record<RowKind, readonly Role[]>> = {
  trades: ["price", "qty", "time"],
  merged: ["id", "price", "qty", "firstId", "lastId", "time"],
  bars: ["time"],
};

function checkNeeded(asking: Asking, { kind, at, groups, names }: Layout, isAsked: boolean): void {
  const needed =
    kind === "bars" && isAsked ? (["time", "open", "high", "low", "close"] as const) : NEEDED[kind];
  const missing: string[] = needed.filter((role) => at[role] === undefined);
  if (kind === "bars" && groups.length === 0) missing.push("close");
  if (kind === "merged" && at.maker === undefined && at.side === undefined) missing.push("is_buyer_maker");
  if (missing.length === 0) return;
  refuseRow(asking, {
    code: "bad-columns",
    need: `the columns ${COLUMNS[kind]}; ${missing.join(", ")} not found in ${quote(names.join(","), 200)}`,
    hint: `Name it: ${say(asking, "columns", `${missing[0]}=${names.find((name) => maySayPrices(name) && meaningOf(name) === undefined) ?? "NAME"}`)}.`,
    facts: { missing },
  });
}
