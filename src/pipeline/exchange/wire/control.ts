import { parseStream } from "./streams.ts";

/** What a connection has subscribed to and how it wants events; replaced, never changed. */
export interface Subscriptions {
  readonly streams: ReadonlySet<string>;
  readonly combined: boolean;
}

export interface ControlAnswer {
  readonly reply: string;
  readonly next: Subscriptions;
  /** True where streams were added. */
  readonly subscribed: boolean;
}

const METHODS = ["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY"];

/** Binance's answer to a control message: acks check the syntax of stream names only, never that a symbol exists. */
export function answerControl(text: string, now: Subscriptions, mostStreams: number): ControlAnswer {
  const same = (reply: string, next: Subscriptions = now): ControlAnswer => ({
    reply,
    next,
    subscribed: false,
  });
  const fail = (code: number, msg: string): ControlAnswer => same(JSON.stringify({ code, msg }));

  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    const { line, column } = errorPlace(text, (error as Error).message);
    return fail(3, `Invalid JSON: expected value at line ${line} column ${column}`);
  }
  const end = `at line 1 column ${text.length}`;
  if (typeof message !== "object" || message === null || Array.isArray(message)) {
    return fail(2, `Invalid request: invalid type, expected struct Request ${end}`);
  }
  const { method, params, id: given } = message as Record<string, unknown>;
  if (method === undefined) return fail(2, `Invalid request: missing field \`method\` ${end}`);
  if (typeof method !== "string" || !METHODS.includes(method)) {
    const shown = typeof method === "string" ? method : JSON.stringify(method);
    const expected = METHODS.map((name) => `\`${name}\``).join(", ");
    const column = text.indexOf(JSON.stringify(method)) + JSON.stringify(method).length;
    return fail(
      2,
      `Invalid request: unknown variant ${shown}, expected one of ${expected} at line 1 column ${column}`,
    );
  }
  if (!isId(given)) return fail(2, "Invalid request: request ID must be an unsigned integer");
  const id = idText(text, given);
  const done = (result: unknown, next?: Subscriptions): ControlAnswer =>
    same(`{"result":${JSON.stringify(result)},"id":${id}}`, next);
  const nested = (msg: string): ControlAnswer =>
    same(`{"error":{"code":2,"msg":${JSON.stringify(msg)}},"id":${id}}`);

  if (method === "LIST_SUBSCRIPTIONS") return done([...now.streams]);
  if (!Array.isArray(params)) return nested("Invalid request: params must be an array");
  if (method === "SUBSCRIBE" || method === "UNSUBSCRIBE") {
    const streams = new Set(now.streams);
    for (const name of params as unknown[]) {
      if (typeof name !== "string" || !parseStream(name)) return nested("Invalid request: invalid stream");
      if (method === "SUBSCRIBE") streams.add(name);
      else streams.delete(name);
    }
    if (streams.size > mostStreams) return nested("Invalid request: too many streams");
    return { ...done(null, { ...now, streams }), subscribed: streams.size > now.streams.size };
  }
  const [property, value] = params as unknown[];
  if (params.length > (method === "SET_PROPERTY" ? 2 : 1))
    return fail(2, "Invalid request: too many parameters");
  if (typeof property !== "string") return fail(2, "Invalid request: property name must be a string");
  if (property !== "combined") return same(`{"code":0,"msg":"Unknown property","id":${id}}`);
  if (method === "GET_PROPERTY") return done(now.combined);
  if (typeof value !== "boolean") return fail(1, "Invalid value type: expected Boolean");
  return done(null, { ...now, combined: value });
}

function isId(id: unknown): boolean {
  if (id === undefined || id === null) return true;
  if (typeof id === "number") return Number.isInteger(id) && Math.abs(id) <= 2 ** 63;
  return typeof id === "string" && /^[A-Za-z0-9]{0,36}$/.test(id);
}

/** The id as it was written: JSON numbers above 2^53 would come back changed. */
function idText(text: string, id: unknown): string {
  if (typeof id !== "number" || Number.isSafeInteger(id)) return JSON.stringify(id ?? null);
  return /"id"\s*:\s*(-?\d+)/.exec(text)?.[1] ?? String(id);
}

/** Where a JSON text goes wrong, as near as the parser's message tells. */
function errorPlace(text: string, message: string): { line: number; column: number } {
  const position = /position (\d+)/.exec(message)?.[1];
  const token = /Unexpected token '(.)'/u.exec(message)?.[1];
  const at =
    position !== undefined ? Number(position) : token !== undefined ? text.indexOf(token) : text.length - 1;
  const before = text.slice(0, at + 1).split("\n");
  return { line: before.length, column: before.at(-1)!.length };
}
