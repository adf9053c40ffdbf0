import type { ServerResponse } from "node:http";
import type { Clock } from "../../../core/time.ts";
import type { Delivery } from "../faults/fault-rest.ts";

/** Puts a reply on the wire, whole or as its delivery wants it. */
export function writeDelivery(
  response: ServerResponse,
  { reply, body, length, manner, bytesPerSecond }: Delivery,
  venueHeader: string,
  clock: Clock,
): void {
  if (manner === "hang") return;
  if (manner === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(reply.status, {
    ...reply.headers,
    "content-length": length,
    "x-tickbook-venue": venueHeader,
  });
  if (manner === "whole") response.end(body);
  else if (manner === "cut") response.write(body, () => response.socket?.destroy());
  else drip(response, body, bytesPerSecond, clock);
}

/** A tenth of a second's bytes at a time, or one. */
function drip(response: ServerResponse, body: Buffer, bytesPerSecond: number, clock: Clock): void {
  const size = Math.max(1, Math.floor(bytesPerSecond / 10));
  const everyMs = (1000 * size) / bytesPerSecond;
  let at = 0;
  let cancel = (): void => {};
  const next = (): void => {
    response.write(body.subarray(at, at + size));
    at += size;
    if (at >= body.length) response.end();
    else cancel = clock.after(everyMs, next);
  };
  response.on("close", () => cancel());
  next();
}
