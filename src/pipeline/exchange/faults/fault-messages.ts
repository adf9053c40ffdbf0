import { deflateRawSync } from "node:zlib";
import type { Encoding, StreamEvent } from "../wire/events.ts";
import { fragments, frame } from "../wire/frames.ts";
import type { PlannedFault } from "./plan.ts";

/** What goes out instead of a message: text frames, or bytes that are no proper frame. */
export type Piece = { readonly text: Buffer } | { readonly raw: Buffer };

type Args = PlannedFault["args"];
type Message = Record<string, unknown>;

/** The faults that replace a message by something else on the spot. */
const REWRITES: Readonly<Record<string, (event: StreamEvent, how: Encoding, args: Args) => Piece[]>> = {
  drop: () => [],
  duplicate: (event, how) => [{ text: event.frame(how) }, { text: event.frame(how) }],
  conflict: (event, how) => [
    { text: event.frame(how) },
    { text: edit(event, how, (data) => ({ ...data, p: otherPrice(String(data.p)) })) },
  ],
  set: (event, how, { field, json }) => [{ text: setRaw(event, how, String(field), String(json)) }],
  remove: (event, how, { field }) => [{ text: edit(event, how, ({ [String(field)]: _, ...data }) => data) }],
  "shift-id": (event, how, { by }) => [
    { text: edit(event, how, (data) => ({ ...data, t: Number(data.t) + Number(by) })) },
  ],
  "other-symbol": (event, how, { symbol }) => [
    { text: edit(event, how, (data) => ({ ...data, s: symbol })) },
  ],
  "other-unit": (event, how) => [{ text: event.frame({ ...how, unit: how.unit === "us" ? "ms" : "us" }) }],
  unwrap: (event, how) => [{ text: event.frame({ ...how, combined: !how.combined }) }],
  truncate: (event, how) => {
    const whole = event.frame(how);
    return [{ text: whole.subarray(0, whole.length >> 1) }];
  },
  text: (_, __, { text }) => [{ text: Buffer.from(String(text)) }],
  binary: (event, how) => [{ raw: frame("binary", event.frame(how)) }],
  "invalid-utf8": (event, how) => [
    { raw: frame("text", Buffer.concat([event.frame(how), Buffer.from([0xc3, 0x28])])) },
  ],
  fragments: (event, how, { count }) => [{ raw: fragments(event.frame(how), Number(count)) }],
  oversize: (event, how, { bytes }) => [
    { text: Buffer.concat([event.frame(how), Buffer.alloc(Number(bytes), " ")]) },
  ],
  "deflate-bomb": (_, __, { bytes }) => [
    { raw: frame("text", deflateRawSync(Buffer.alloc(Number(bytes), " ")), { compressed: true }) },
  ],
  deep: (_, __, { depth }) => [{ text: Buffer.from(deepJson(Number(depth))) }],
  proto: (event, how) => [{ text: setRaw(event, how, "__proto__", '{"polluted":true}') }],
};

/** Undefined: not a fault of this kind. */
export function rewrite(planned: PlannedFault, event: StreamEvent, how: Encoding): Piece[] | undefined {
  return REWRITES[planned.fault]?.(event, how, planned.args);
}

export function deepJson(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

/** Another price with the same look: the last digit goes up by one, 9 becomes 1. */
export function otherPrice(price: string): string {
  const last = Number(price.at(-1));
  return price.slice(0, -1) + (last === 9 ? 1 : last + 1);
}

function edit(event: StreamEvent, how: Encoding, change: (data: Message) => Message): Buffer {
  const message = JSON.parse(event.frame(how).toString()) as Message;
  const edited = how.combined ? { ...message, data: change(message.data as Message) } : change(message);
  return Buffer.from(JSON.stringify(edited));
}

/** JSON of any kind for one field, also what JavaScript would not write: 1e400, ids above 2^53, `__proto__`. */
function setRaw(event: StreamEvent, how: Encoding, field: string, json: string): Buffer {
  const mark = "\u0001here\u0001";
  const text = edit(event, how, ({ [field]: _, ...data }) => ({ ...data, [mark]: 0 })).toString();
  return Buffer.from(text.replace(`${JSON.stringify(mark)}:0`, () => `${JSON.stringify(field)}:${json}`));
}
