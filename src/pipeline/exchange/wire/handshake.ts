import type { Socket } from "node:net";
import type { Clock } from "../../../core/time.ts";
import type { PlannedFault } from "../faults/plan.ts";
import type { ExchangeSettings } from "../settings.ts";

/** Counts connection attempts by address over five minutes; false: too many. */
export function attemptBudget(settings: ExchangeSettings, clock: Clock): (address: string) => boolean {
  const recent = new Map<string, number[]>();
  return (address) => {
    const nowMs = clock.monotonicMs();
    const times = (recent.get(address) ?? []).filter((atMs) => atMs > nowMs - 300_000);
    times.push(nowMs);
    recent.set(address, times);
    return times.length <= settings.connectsPerFiveMinutes;
  };
}

/** Answers a WebSocket handshake with an HTTP status instead. */
export function refuseHandshake(
  socket: Socket,
  status: number,
  headers: readonly string[] = [],
  body = "",
): void {
  const bytes = Buffer.from(body);
  const lines = [
    `HTTP/1.1 ${status} Refused`,
    `content-length: ${bytes.length}`,
    "connection: close",
    ...headers,
  ];
  socket.end(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), bytes]));
}

/** What a plan does to a handshake. */
export function strikeHandshake(socket: Socket, { fault, args }: PlannedFault): void {
  if (fault === "refuse") socket.resetAndDestroy();
  else if (fault === "garbage") socket.end(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]));
  else if (fault === "status") {
    const after = Number(args.retryAfterS) >= 0 ? [`retry-after: ${args.retryAfterS}`] : [];
    const html = "<html><body><h1>Request blocked</h1></body></html>";
    refuseHandshake(socket, Number(args.status), ["content-type: text/html", ...after], html);
  }
  // "hang": the socket stays as it is
}
