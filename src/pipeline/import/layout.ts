import { quote, refuse } from "../../core/errors.ts";

export type RowKind = "trades" | "aggTrades" | "bars";

/** What a column of a file means. */
export type Role =
  | "id"
  | "price"
  | "qty"
  | "time"
  | "eventTime"
  | "maker"
  | "side"
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
  | "takerBuyVolume";

export type TimeUnit = "s" | "ms" | "us" | "ns";

/** Where a file has what. */
export interface Layout {
  readonly kind: RowKind;
  readonly hasHeader: boolean;
  readonly width: number;
  readonly at: Readonly<Partial<Record<Role, number>>>;
  /** As the header names it; undefined: milliseconds or microseconds, told apart by magnitude, or ISO text. */
  readonly timeUnit: TimeUnit | undefined;
}

const BAR_ROLES: readonly Role[] = ["time", "open", "high", "low", "close", "volume"];

const NEEDED: Readonly<Record<RowKind, readonly Role[]>> = {
  trades: ["id", "price", "qty", "time"],
  aggTrades: ["id", "price", "qty", "firstId", "lastId", "time"],
  bars: BAR_ROLES,
};

/** Names of columns, in lower case and without anything but letters and digits. */
const NAMES: Readonly<Record<string, Role>> = {
  id: "id",
  tradeid: "id",
  aggid: "id",
  aggtradeid: "id",
  price: "price",
  qty: "qty",
  quantity: "qty",
  amount: "qty",
  size: "qty",
  time: "time",
  timestamp: "time",
  tradetime: "time",
  transacttime: "time",
  date: "time",
  datetime: "time",
  start: "time",
  opentime: "time",
  eventtime: "eventTime",
  isbuyermaker: "maker",
  buyerismaker: "maker",
  side: "side",
  firstid: "firstId",
  firsttradeid: "firstId",
  lastid: "lastId",
  lasttradeid: "lastId",
  symbol: "symbol",
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  volume: "volume",
  quotevolume: "quoteVolume",
  quoteassetvolume: "quoteVolume",
  count: "tradeCount",
  trades: "tradeCount",
  tradecount: "tradeCount",
  numberoftrades: "tradeCount",
  takerbuyvolume: "takerBuyVolume",
  takerbuybasevolume: "takerBuyVolume",
  takerbuybaseassetvolume: "takerBuyVolume",
};

const COLUMNS: Readonly<Record<RowKind, string>> = {
  trades: "id, price, qty, time, and is_buyer_maker (true or false) or side (buy or sell, the taker's)",
  aggTrades: "agg_id, price, qty, first_id, last_id, time, is_buyer_maker",
  bars: "time, open, high, low, close, volume (and quote_volume, trades, taker_buy_volume where there are any)",
};

/** Binance's files without a header. */
const BINANCE: Readonly<Record<RowKind, { widths: readonly number[]; at: Layout["at"] }>> = {
  trades: { widths: [7, 6], at: { id: 0, price: 1, qty: 2, time: 4, maker: 5 } },
  aggTrades: {
    widths: [8, 7],
    at: { id: 0, price: 1, qty: 2, firstId: 3, lastId: 4, time: 5, maker: 6 },
  },
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

/** Finds out where a file has what, from its header or its first row. `kind` undefined: from its header alone. */
export function layoutOf(fields: readonly string[], kind: RowKind | undefined, where: string): Layout {
  const isHeader = fields.length > 1 && !/^\s*[+-]?\d/.test(fields[0]!);
  if (fields.length === 1) oneColumn(fields[0]!, where);
  return isHeader ? named(fields, kind, where) : binance(fields, kind, where);
}

function binance(fields: readonly string[], kind: RowKind | undefined, where: string): Layout {
  if (kind === undefined) {
    return refuse({
      code: "no-header",
      where,
      problem: `needs a header that names its columns; it begins with ${quote(fields.join(","), 80)}`,
      hint: "Add one, or name the layout with --kind trades, aggTrades or klines.",
    });
  }
  const { widths, at } = BINANCE[kind];
  if (!widths.includes(fields.length)) {
    return refuse({
      code: "bad-columns",
      where,
      problem: `needs the ${widths.join(" or ")} columns of ${kind === "bars" ? "klines" : kind}; it has ${fields.length}`,
      hint: "See whether the file is what its name or --kind says.",
      facts: { columns: fields.length },
    });
  }
  return { kind, hasHeader: false, width: fields.length, at, timeUnit: undefined };
}

function named(fields: readonly string[], given: RowKind | undefined, where: string): Layout {
  const at: Partial<Record<Role, number>> = {};
  let timeUnit: TimeUnit | undefined;
  for (const [i, field] of fields.entries()) {
    // "start (UTC)" is "start"
    const bare = field.replace(/\s*\(.*\)\s*$/, "").toLowerCase();
    const unit = /(?:[_\s-]|time)(s|ms|us|ns)$/.exec(bare)?.[1] as TimeUnit | undefined;
    const full = bare.replace(/[^a-z0-9]/g, "");
    const short = unit === undefined ? full : full.slice(0, -unit.length);
    const role = NAMES[full] ?? NAMES[short];
    if (role === undefined) continue;
    if (at[role] !== undefined) {
      refuse({
        code: "bad-columns",
        where,
        problem: `needs one column of each kind; both ${quote(fields[at[role]!])} and ${quote(field)} could be the ${role}`,
        hint: "Rename or drop one of them.",
      });
    }
    at[role] = i;
    if (role === "time" && NAMES[full] === undefined) timeUnit = unit;
  }
  const kind = given ?? kindOf(at);
  const missing = NEEDED[kind].filter((role) => at[role] === undefined);
  const noSide = kind !== "bars" && at.maker === undefined && at.side === undefined;
  if (missing.length > 0 || noSide) {
    refuse({
      code: "bad-columns",
      where,
      problem: `needs the columns ${COLUMNS[kind]}; ${[...missing, ...(noSide ? ["is_buyer_maker"] : [])].join(", ")} not found in ${quote(fields.join(","))}`,
      hint: "Name them in the header.",
      facts: { missing },
    });
  }
  return { kind, hasHeader: true, width: fields.length, at, timeUnit };
}

function kindOf(at: Layout["at"]): RowKind {
  if (at.open !== undefined && at.close !== undefined) return "bars";
  return at.firstId !== undefined && at.lastId !== undefined && at.price !== undefined
    ? "aggTrades"
    : "trades";
}

function oneColumn(line: string, where: string): never {
  const other = [";", "\t", "|"].find((separator) => line.includes(separator));
  return refuse({
    code: "bad-separator",
    where,
    problem: `needs columns separated by commas; got ${quote(line, 80)}`,
    hint:
      other === undefined
        ? "See whether it is a CSV file at all."
        : `Save it with commas instead of ${quote(other)}.`,
  });
}

/** The fields of a line of CSV (RFC 4180, within one line); undefined: its quotes do not close. */
export function fieldsOf(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  for (let i = 0; i <= line.length; ) {
    if (line[i] !== '"') {
      const end = line.indexOf(",", i);
      const field = line.slice(i, end < 0 ? line.length : end);
      if (field.includes('"')) return undefined;
      fields.push(field);
      i = end < 0 ? line.length + 1 : end + 1;
      continue;
    }
    let text = "";
    for (i++; ; ) {
      const end = line.indexOf('"', i);
      if (end < 0) return undefined;
      text += line.slice(i, end);
      i = end + 1;
      if (line[i] !== '"') break;
      text += '"';
      i++;
    }
    if (i < line.length && line[i] !== ",") return undefined;
    fields.push(text);
    i++;
  }
  return fields;
}
