import { gzipSync } from "node:zlib";
import type { RestReply } from "../rest/query.ts";
import type { RestRequest } from "../rest/rest.ts";
import { deepJson, otherPrice } from "./fault-messages.ts";
import type { PlannedFault } from "./plan.ts";
import type { Rule } from "./triggers.ts";

/** A reply and how its bytes go out. */
export interface Delivery {
  readonly reply: RestReply;
  readonly body: Buffer;
  /** What Content-Length says. */
  readonly length: number;
  readonly manner: "whole" | "hang" | "reset" | "cut" | "drip";
  readonly bytesPerSecond: number;
}

export function wholeDelivery(reply: RestReply): Delivery {
  const body = Buffer.from(reply.body);
  return { reply, body, length: body.length, manner: "whole", bytesPerSecond: 0 };
}

type Args = PlannedFault["args"];
type Row = Record<string, unknown>;
/** Asks the exchange itself, free of faults and weight. */
type Ask = (url: string) => RestReply;

const html =
  "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>The request could not be satisfied</h1></body></html>";

/** Undefined: the request is answered as it should be. */
export function faultyDelivery(
  rules: readonly Rule[],
  nowMs: number,
  request: RestRequest,
  reply: RestReply,
  ask: Ask,
): Delivery | undefined {
  const { pathname } = new URL(request.url, "http://exchange");
  const planned = rules.find(
    (rule) => (rule.planned.path === undefined || rule.planned.path === pathname) && rule.fires(nowMs),
  )?.planned;
  return planned && deliver(planned, request, reply, ask);
}

function deliver({ fault, args }: PlannedFault, request: RestRequest, reply: RestReply, ask: Ask): Delivery {
  const whole = wholeDelivery(reply);
  const body = (text: string): Delivery => wholeDelivery({ ...reply, body: text });
  switch (fault) {
    case "status":
      return wholeDelivery(statusReply(args));
    case "body":
      return body(String(args.text));
    case "html":
      return wholeDelivery({ status: 200, headers: { "content-type": "text/html" }, body: html });
    case "no-headers": {
      const { "content-type": type = "text/plain" } = reply.headers;
      return wholeDelivery({ ...reply, headers: { "content-type": type } });
    }
    case "hang":
      return { ...whole, manner: "hang" };
    case "reset":
      return { ...whole, manner: "reset" };
    case "truncate":
      return { ...whole, manner: "cut", body: whole.body.subarray(0, whole.body.length >> 1) };
    case "wrong-length":
      return { ...whole, manner: "cut", length: Math.max(0, whole.length + Number(args.by)) };
    case "drip":
      return { ...whole, manner: "drip", bytesPerSecond: Number(args.bytesPerSecond) };
    case "huge":
      return body(`[${" ".repeat(Number(args.bytes))}]`);
    case "gzip-bomb": {
      const zipped = gzipSync(Buffer.alloc(Number(args.bytes), " "));
      const headers = { ...reply.headers, "content-encoding": "gzip" };
      return { ...whole, reply: { ...reply, headers }, body: zipped, length: zipped.length };
    }
    case "deep":
      return body(deepJson(Number(args.depth)));
    case "other-symbol": {
      const url = new URL(request.url, "http://exchange");
      url.searchParams.set("symbol", String(args.symbol));
      return wholeDelivery({ ...reply, body: ask(url.pathname + url.search).body });
    }
    default:
      return body(editRows(reply.body, fault));
  }
}

function statusReply({ status, retryAfterS, body }: Args): RestReply {
  const headers: Record<string, string> = { "content-type": "text/html" };
  if (Number(retryAfterS) >= 0) headers["retry-after"] = String(retryAfterS);
  if (Number(status) < 400) headers.location = "http://127.0.0.1:9/elsewhere";
  return { status: Number(status), headers, body: String(body) || html };
}

/** A page that is wrong in itself; what is no page of rows stays as it is. */
function editRows(text: string, fault: string): string {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows) || rows.length === 0) return text;
  return JSON.stringify(edited(rows as Row[], fault));
}

function edited(rows: readonly Row[], fault: string): readonly Row[] {
  const middle = rows.length >> 1;
  switch (fault) {
    case "empty":
      return [];
    case "short":
      return rows.slice(0, middle);
    case "unsorted":
      return rows.toReversed();
    case "repeat":
      return rows.toSpliced(middle, 0, rows[middle]!);
    case "hole":
      return rows.toSpliced(middle, 1);
    case "conflict":
      return rows.with(middle, changePrice(rows[middle]!));
    default:
      return rows.map(otherUnit);
  }
}

function changePrice(row: Row): Row {
  const name = "price" in row ? "price" : "p";
  return { ...row, [name]: otherPrice(String(row[name])) };
}

function otherUnit(row: Row): Row {
  const name = "time" in row ? "time" : "T";
  const time = Number(row[name]);
  return { ...row, [name]: time >= 1e14 ? Math.floor(time / 1000) : time * 1000 };
}
