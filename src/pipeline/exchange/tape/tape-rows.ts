import { quote, refuse } from "../../../core/errors.ts";

/** One recorded trade; `received` only orders trades of different symbols with the same event time. */
export interface TapeRow {
  readonly symbol: string;
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly tradeTimeUs: number;
  readonly eventTimeUs: number;
  readonly received: number;
  readonly isBuyerMaker: boolean;
}

/** Reads a line of a tape; undefined where the line holds no trade. `where` names file and line in errors. */
export type RowReader = (line: string, where: string) => TapeRow | undefined;

/** The kind of tape its first line announces: recorded WebSocket lines, or CSV with a header. */
export function rowReader(firstLine: string, fileSymbol: string | undefined, where: string): RowReader {
  return /^\d+\s+\{/.test(firstLine) ? readRaw : csvReader(firstLine, fileSymbol, where);
}

export function isHeader(reader: RowReader): boolean {
  return reader !== readRaw;
}

/** A tape line that cannot be played: says where, what is needed and what came. */
export function badTape(
  where: string,
  problem: string,
  hint: string,
  facts: Readonly<Record<string, unknown>> = {},
): never {
  refuse({ code: "bad-tape", where, problem, hint, facts });
}

const REPAIR = "Correct the line, or play a tape without it.";

function badField(where: string, name: string, need: string, got: unknown): never {
  badTape(where, `${name} must be ${need}; got ${quote(got, 60)}`, REPAIR, { field: name, got });
}

function readId(where: string, name: string, value: unknown): number {
  const id = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0) {
    badField(where, name, "a whole number from 0 to 2^53 - 1", value);
  }
  return id;
}

function readDecimal(where: string, name: string, value: unknown): string {
  if (typeof value !== "string" || !/^\d{1,20}(\.\d{1,20})?$/.test(value) || !/[1-9]/.test(value)) {
    badField(where, name, "a plain decimal number above 0", value);
  }
  return value;
}

function readTime(where: string, name: string, value: unknown, unit: "ms" | "us"): number {
  const time = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
  const us = typeof time === "number" ? (unit === "ms" ? time * 1000 : time) : Number.NaN;
  // 2001 to 2096: far enough to take any recording, near enough to notice the wrong unit
  if (!Number.isSafeInteger(us) || us < 1e15 || us > 4e15) {
    badField(where, name, `a time since 1970 in ${unit === "ms" ? "milliseconds" : "microseconds"}`, value);
  }
  return us;
}

function readFlag(where: string, name: string, value: unknown): boolean {
  if (value === true || value === "true" || value === "True") return true;
  if (value === false || value === "false" || value === "False") return false;
  badField(where, name, "true or false", value);
}

/** A symbol that streams and REST can carry. */
export const PLAYABLE_SYMBOL: RegExp = /^[\p{Lu}\p{Lo}\p{N}\-._]{1,50}$/u;

function readSymbol(where: string, name: string, value: unknown): string {
  if (typeof value !== "string" || !PLAYABLE_SYMBOL.test(value)) {
    badField(where, name, "a symbol in upper case, such as BTCUSDT", value);
  }
  return value;
}

/** `<receive ns> <json>`: what a combined stream sent, line by line; everything but trades is passed over. */
function readRaw(line: string, where: string): TapeRow | undefined {
  const space = line.indexOf(" ");
  const received = line.slice(0, space);
  if (!/^\d{1,20}$/.test(received)) badField(where, "the line", "`<receive ns> <json>`", line);
  // cheap, and most lines of a recording are quotes and depth
  if (!line.includes('"trade"')) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(line.slice(space + 1));
  } catch {
    badField(where, "the line", "`<receive ns> <json>` with valid JSON", line);
  }
  const event = isRecord(message) && isRecord(message.data) ? message.data : message;
  if (!isRecord(event) || event.e !== "trade") return undefined;
  const unit = typeof event.T === "number" && event.T >= 1e14 ? "us" : "ms";
  return {
    symbol: readSymbol(where, "s", event.s),
    id: readId(where, "t", event.t),
    price: readDecimal(where, "p", event.p),
    qty: readDecimal(where, "q", event.q),
    tradeTimeUs: readTime(where, "T", event.T, unit),
    eventTimeUs: readTime(where, "E", event.E, unit),
    received: Number(received),
    isBuyerMaker: readFlag(where, "m", event.m),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const NEEDED = ["trade_id", "price", "qty", "is_buyer_maker"];
const COLUMNS =
  "trade_id, price, qty, trade_time_ms (or trade_time_us), event_time_ms (or event_time_us), is_buyer_maker";

function csvReader(header: string, fileSymbol: string | undefined, where: string): RowReader {
  const names = fields(header);
  const column = new Map(names.map((name, index) => [name, index]));
  const missing = NEEDED.filter((name) => !column.has(name));
  const tradeTime = timeColumn(column, "trade_time");
  const eventTime = timeColumn(column, "event_time");
  if (!tradeTime) missing.push("trade_time_ms");
  if (!eventTime) missing.push("event_time_ms");
  if (missing.length > 0 || !tradeTime || !eventTime) {
    badTape(
      where,
      `needs a CSV header with the columns ${COLUMNS}; ${missing.join(", ")} missing in ${quote(header, 120)}`,
      "Name the columns in the first line, separated by commas.",
      { missing },
    );
  }
  const symbolAt = column.get("symbol");
  if (symbolAt === undefined && fileSymbol === undefined) {
    badTape(
      where,
      "needs a symbol: a column symbol, or a file name such as spot_BTCUSDT_trades.csv; got neither",
      "Pass it as SYMBOL=PATH, for example BTCUSDT=trades.csv.",
    );
  }
  const at = (name: string): number => column.get(name)!;
  const [id, price, qty, maker] = [at("trade_id"), at("price"), at("qty"), at("is_buyer_maker")];
  const receivedAt = column.get("local_recv");
  return (line, place) => {
    const values = fields(line);
    if (values.length !== names.length) {
      badTape(
        place,
        `needs ${names.length} fields, as the header has; got ${values.length} in ${quote(line, 80)}`,
        REPAIR,
      );
    }
    const received = receivedAt === undefined ? 0 : Number(values[receivedAt]);
    if (Number.isNaN(received)) badField(place, "local_recv", "a number", values[receivedAt!]);
    return {
      symbol: symbolAt === undefined ? fileSymbol! : readSymbol(place, "symbol", values[symbolAt]),
      id: readId(place, "trade_id", values[id]),
      price: readDecimal(place, "price", values[price]),
      qty: readDecimal(place, "qty", values[qty]),
      tradeTimeUs: readTime(place, tradeTime.name, values[tradeTime.at], tradeTime.unit),
      eventTimeUs: readTime(place, eventTime.name, values[eventTime.at], eventTime.unit),
      received,
      isBuyerMaker: readFlag(place, "is_buyer_maker", values[maker]),
    };
  };
}

function timeColumn(
  column: ReadonlyMap<string, number>,
  stem: string,
): { name: string; at: number; unit: "ms" | "us" } | undefined {
  for (const unit of ["us", "ms"] as const) {
    const at = column.get(`${stem}_${unit}`);
    if (at !== undefined) return { name: `${stem}_${unit}`, at, unit };
  }
  return undefined;
}

/** No field of a tape holds a comma, so quotes are only taken off. */
function fields(line: string): string[] {
  const parts = line.split(",");
  if (!line.includes('"')) return parts;
  return parts.map((part) => (/^".*"$/.test(part) ? part.slice(1, -1) : part));
}
