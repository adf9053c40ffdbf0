import { DECIMAL_PLACES, decimalsOf, parseE8 } from "../../core/decimal.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import { MOST_BACK_US } from "../../core/trade-columns.ts";
import type { MergedTrade } from "../store/ledger/merged.ts";
import type { ImportedBar } from "../store/read/imported-bars.ts";
import { createBatch, type TradeBatch } from "../store/write/batch.ts";
import type { Layout, Role } from "./layout.ts";
import { microseconds, timeForm } from "./row-time.ts";

/** Rows of a file which belong together in one transaction. */
export type Piece =
  | { readonly kind: "trades"; readonly rows: number; readonly batch: TradeBatch }
  | { readonly kind: "aggTrades"; readonly rows: number; readonly merged: readonly MergedTrade[] }
  | { readonly kind: "bars"; readonly rows: number; readonly bars: readonly ImportedBar[] };

export const PIECE_ROWS = 20_000;
/** `source` of a trade that came from a file. */
export const FROM_FILE = 2;

export interface RowContext {
  /** The file, as a refusal names it. */
  readonly where: string;
  readonly symbol: string;
  /** Rows outside it are refused. */
  readonly span?: { readonly fromUs: number; readonly toUs: number; readonly period: string };
  readonly receivedUs: number;
  /** What a row's number counts: lines unless told. */
  readonly unit?: "line" | "row";
}

/** Takes the rows of one file, in their order, each checked against the one before. */
export interface RowTaker {
  take(fields: readonly string[], line: number): void;
  /** What was taken since the last call; undefined: nothing. */
  piece(): Piece | undefined;
  readonly pending: number;
}

/** What a period's first and last rows may lie outside it. */
const SPAN_SLACK_US = 60_000_000;
const OLDEST_US = Date.UTC(2009, 0, 1) * 1000;
const DAY_US = 86_400e6;

export function rowTaker(layout: Layout, context: RowContext): RowTaker {
  const check = rowChecks(layout, context);
  if (layout.kind === "trades") return tradeTaker(check, context);
  return layout.kind === "aggTrades" ? mergedTaker(check, context) : barTaker(check);
}

function tradeTaker(check: RowChecks, { receivedUs }: RowContext): RowTaker {
  let batch = createBatch(PIECE_ROWS);
  return {
    take: (fields, line) => {
      check.shape(fields, line);
      const id = check.nextId(fields, line);
      const lastId = check.text(fields, "lastId");
      if (lastId !== "" && lastId !== String(id)) {
        check.refuse(
          line,
          "lastId",
          `one trade in every row; this one stands for ${id} to ${quote(lastId, 40)}`,
        );
      }
      const priceText = check.text(fields, "price");
      const qtyText = check.text(fields, "qty");
      const i = batch.length;
      batch.id[i] = id;
      batch.priceE8[i] = check.decimal(priceText, "price", line);
      batch.qtyE8[i] = check.decimal(qtyText, "qty", line);
      batch.decimals[i] = (DECIMAL_PLACES - decimalsOf(priceText)) * 9 + DECIMAL_PLACES - decimalsOf(qtyText);
      batch.tradeTimeUs[i] = check.time(fields, line);
      batch.eventTimeUs[i] = check.eventTime(fields, line);
      batch.receivedUs[i] = receivedUs;
      batch.isBuyerMaker[i] = check.isMaker(fields, line) ? 1 : 0;
      batch.source[i] = FROM_FILE;
      batch.length = i + 1;
    },
    piece: () => {
      if (batch.length === 0) return undefined;
      const done = batch;
      batch = createBatch(PIECE_ROWS);
      return { kind: "trades", rows: done.length, batch: done };
    },
    get pending() {
      return batch.length;
    },
  };
}

function mergedTaker(check: RowChecks, { receivedUs }: RowContext): RowTaker {
  let merged: MergedTrade[] = [];
  let rows = 0;
  let lastTradeId = -1;
  return {
    take: (fields, line) => {
      check.shape(fields, line);
      const aggId = check.nextId(fields, line);
      rows++;
      const price = check.text(fields, "price");
      const qty = check.text(fields, "qty");
      const first = check.text(fields, "firstId");
      const last = check.text(fields, "lastId");
      // a repeat that the exchange has taken out of its files, in 2022: its id stays, it stands for no trade
      if (first === "-1" && last === "-1" && Number(price) === 0 && Number(qty) === 0) return;
      const ids = { first: check.whole(first, "firstId", line), last: check.whole(last, "lastId", line) };
      if (ids.last < ids.first || ids.first <= lastTradeId) {
        check.refuse(
          line,
          "firstId",
          `ids of trades which ascend; after ${lastTradeId} come ${ids.first} to ${ids.last}`,
        );
      }
      lastTradeId = ids.last;
      check.decimal(price, "price", line);
      check.decimal(qty, "qty", line);
      const tradeTimeUs = check.time(fields, line);
      const isBuyerMaker = check.isMaker(fields, line);
      merged.push({ aggId, ...ids, price, qty, tradeTimeUs, receivedUs, isBuyerMaker });
    },
    piece: () => {
      if (rows === 0) return undefined;
      const done = { kind: "aggTrades" as const, rows, merged };
      merged = [];
      rows = 0;
      return done;
    },
    get pending() {
      return rows;
    },
  };
}

function barTaker(check: RowChecks): RowTaker {
  let bars: ImportedBar[] = [];
  return {
    take: (fields, line) => {
      check.shape(fields, line);
      const startUs = check.time(fields, line, true);
      const price = (role: Role): number => check.number(fields, role, line, 0, false);
      const [open, high, low, close] = [price("open"), price("high"), price("low"), price("close")];
      if (high < Math.max(open, close, low) || low > Math.min(open, close)) {
        check.refuse(
          line,
          "high",
          `a high and a low around open and close; got open ${open}, high ${high}, low ${low}, close ${close}`,
        );
      }
      const volume = check.number(fields, "volume", line, 0, true);
      const more = (role: Role): number =>
        check.text(fields, role) === "" ? Number.NaN : check.number(fields, role, line, 0, true);
      const quoteVolume = more("quoteVolume");
      const tradeCount = more("tradeCount");
      const takerBuyVolume = more("takerBuyVolume");
      bars.push({ startUs, open, high, low, close, volume, quoteVolume, tradeCount, takerBuyVolume });
    },
    piece: () => {
      if (bars.length === 0) return undefined;
      const done = { kind: "bars" as const, rows: bars.length, bars };
      bars = [];
      return done;
    },
    get pending() {
      return bars.length;
    },
  };
}

interface RowChecks {
  shape(fields: readonly string[], line: number): void;
  /** Empty where the file has no such column. */
  text(fields: readonly string[], role: Role): string;
  nextId(fields: readonly string[], line: number): number;
  whole(text: string, role: Role, line: number): number;
  decimal(text: string, role: Role, line: number): bigint;
  number(fields: readonly string[], role: Role, line: number, least: number, orEqual: boolean): number;
  time(fields: readonly string[], line: number, ascending?: boolean): number;
  /** NaN: none. */
  eventTime(fields: readonly string[], line: number): number;
  isMaker(fields: readonly string[], line: number): boolean;
  refuse(line: number, role: Role | undefined, need: string): never;
}

function rowChecks({ at, width, timeUnit }: Layout, context: RowContext): RowChecks {
  const { where, symbol, span, receivedUs, unit = "line" } = context;
  let lastId = -1;
  let newestUs = Number.NEGATIVE_INFINITY;
  const bad = (line: number, role: Role | undefined, need: string): never =>
    refuse({
      code: "bad-row",
      where: `${where}, ${unit} ${line}${role === undefined ? "" : `, ${role}`}`,
      problem: `needs ${need}`,
      hint: "Nothing was imported from this file.",
      facts: { line },
    });
  const text = (fields: readonly string[], role: Role): string => {
    const index = at[role];
    return index === undefined ? "" : fields[index]!;
  };
  const whole = (field: string, role: Role, line: number): number => {
    const value = /^\d{1,16}$/.test(field) ? Number(field) : Number.NaN;
    return Number.isSafeInteger(value)
      ? value
      : bad(line, role, `a whole number below 2^53; got ${quote(field, 40)}`);
  };
  /** How a column's first row writes times, and in which line; later rows write them in the same way. */
  const forms = new Map<Role, { readonly form: string; readonly line: number }>();
  const moment = (field: string, role: Role, line: number): number => {
    const us = microseconds(field, timeUnit);
    if (us === undefined) {
      return bad(
        line,
        role,
        `a time as a whole number of milliseconds or microseconds, or as ISO text; got ${quote(field, 40)}`,
      );
    }
    if (us < OLDEST_US || us > receivedUs + DAY_US) {
      const told = us < OLDEST_US ? " (are these seconds? then name the column time_s)" : "";
      return bad(line, role, `a time from 2009 to today; got ${quote(field, 40)}${told}`);
    }
    const form = timeForm(field);
    const first = forms.get(role);
    if (first === undefined) forms.set(role, { form, line });
    else if (first.form !== form && timeUnit === undefined) {
      const told = `${unit} ${first.line} has ${first.form}, and here come ${form}`;
      return bad(line, role, `one kind of time in the whole file; ${told}: ${quote(field, 40)}`);
    }
    return us;
  };
  const { symbol: symbolAt, maker: makerAt } = at;
  return {
    refuse: bad,
    text,
    whole,
    shape: (fields, line) => {
      if (fields.length !== width)
        bad(line, undefined, `${width} columns, as line 1 has; got ${fields.length}`);
      if (symbolAt !== undefined && fields[symbolAt] !== symbol)
        bad(line, "symbol", `${quote(symbol, 40)} in every row; got ${quote(fields[symbolAt], 40)}`);
    },
    nextId: (fields, line) => {
      const id = whole(text(fields, "id"), "id", line);
      if (id <= lastId) bad(line, "id", `ids which ascend; after ${lastId} comes ${id}`);
      lastId = id;
      return id;
    },
    decimal: (field, role, line) => {
      const e8 = parseE8(field);
      return e8 === undefined || e8 === 0n
        ? bad(line, role, `a plain decimal above 0 with at most 8 decimals; got ${quote(field, 40)}`)
        : e8;
    },
    number: (fields, role, line, least, orEqual) => {
      const field = text(fields, role);
      const value = /^\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(field) ? Number(field) : Number.NaN;
      return Number.isFinite(value) && (value > least || (orEqual && value === least))
        ? value
        : bad(line, role, `a number ${orEqual ? "from" : "above"} ${least}; got ${quote(field, 40)}`);
    },
    time: (fields, line, ascending = false) => {
      const us = moment(text(fields, "time"), "time", line);
      if (span && (us < span.fromUs - SPAN_SLACK_US || us >= span.toUs + SPAN_SLACK_US))
        bad(line, "time", `a time in ${span.period}, as the file's name says; got ${formatUtc(us)}`);
      if (ascending ? us <= newestUs : us < newestUs - MOST_BACK_US)
        bad(line, "time", `times which do not go back; after ${formatUtc(newestUs)} comes ${formatUtc(us)}`);
      if (us > newestUs) newestUs = us;
      return us;
    },
    eventTime: (fields, line) => {
      const field = text(fields, "eventTime");
      return field === "" ? Number.NaN : moment(field, "eventTime", line);
    },
    isMaker: (fields, line) => {
      if (makerAt !== undefined) {
        const maker = fields[makerAt]!;
        if (maker === "True" || maker === "true" || maker === "1" || maker === "TRUE") return true;
        if (maker === "False" || maker === "false" || maker === "0" || maker === "FALSE") return false;
        return bad(line, "maker", `true or false; got ${quote(maker, 40)}`);
      }
      const side = text(fields, "side").toLowerCase();
      if (side === "sell") return true;
      return side === "buy" ? false : bad(line, "side", `buy or sell; got ${quote(side, 40)}`);
    },
  };
}
