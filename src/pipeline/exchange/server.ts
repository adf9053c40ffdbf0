import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { refuse } from "../../core/errors.ts";
import type { Clock } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { type Connection, openConnection } from "./connection.ts";
import { startPump } from "./pump.ts";
import type { RestReply } from "./query.ts";
import { restAnswerer } from "./rest.ts";
import { BINANCE_SETTINGS, type ExchangeSettings } from "./settings.ts";
import type { MarketSource } from "./source.ts";
import { parseStreamUrl } from "./streams.ts";
import { type Speed, timeline, venueOf } from "./timeline.ts";
import { weights } from "./weights.ts";
import { wireOf } from "./wire.ts";

export interface ExchangeOptions {
  readonly source: MarketSource;
  readonly clock: Clock;
  /** 1 where left out. */
  readonly speed?: Speed;
  /** 0 or left out: any free port. */
  readonly port?: number;
  readonly settings?: Partial<ExchangeSettings>;
}

export interface RunningExchange {
  readonly port: number;
  readonly venue: Venue;
  readonly wsUrl: string;
  readonly restUrl: string;
  /** Resolves when a tape's last trade has been sent; the exchange stays up. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";

/**
 * Binance's public spot market, small: WebSocket streams and REST on one port of this machine.
 * Every HTTP answer names the venue in the header `x-tickbook-venue`, which the real exchange never sends.
 */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const { source, clock, speed = 1, port = 0 } = options;
  const settings: ExchangeSettings = { ...BINANCE_SETTINGS, ...options.settings };
  const time = timeline(source, speed, clock);
  const venue = venueOf(source, speed, clock.nowUs());
  const venueHeader = asciiJson(venue);
  const answer = restAnswerer(source, time, settings, weights(settings, clock));
  const connections = new Set<Connection>();

  const server = createServer((request, response) => {
    request.resume();
    const reply = answer({
      method: request.method ?? "GET",
      url: request.url ?? "/",
      headers: request.headers,
      address: request.socket.remoteAddress ?? "",
    });
    writeReply(response, reply, venueHeader);
  });
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    maxPayload: 1 << 20,
  });
  sockets.on("headers", (headers) => headers.push(`x-tickbook-venue: ${venueHeader}`));

  let cancelStart = (): void => {};
  const startSoon = (): void => {
    if (time.started()) return;
    cancelStart();
    cancelStart = clock.after(settings.tapeStartMs, () => time.start());
  };
  const admit = attempts(settings, clock);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const asked = parseStreamUrl(request.url ?? "/");
    if (!asked) return refuseUpgrade(socket, "404 Not Found", venueHeader);
    if (!admit(request.socket.remoteAddress ?? ""))
      return refuseUpgrade(socket, "429 Too Many Requests", venueHeader);
    sockets.handleUpgrade(request, socket, head, (ws) => {
      const connection = openConnection({
        ws,
        wire: wireOf(ws, socket),
        request: asked,
        settings,
        clock,
        onSubscribed: startSoon,
        onClosed: () => connections.delete(connection),
      });
      connections.add(connection);
    });
  });

  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  const pump = startPump(source, time, speed, clock, settings, connections);
  return {
    port: bound,
    venue,
    wsUrl: `ws://${HOST}:${bound}`,
    restUrl: `http://${HOST}:${bound}`,
    ended: pump.ended,
    close: () =>
      new Promise((resolve) => {
        pump.stop();
        cancelStart();
        for (const connection of connections) connection.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return reject(error);
      try {
        refuse({
          code: "port-busy",
          where: `port ${port}`,
          problem: `must be free to listen on; got ${error.code === "EACCES" ? "no permission for it" : "one that another program uses"}`,
          hint: "Stop that program, or pass another port, or 0 for any free one.",
          facts: { port },
        });
      } catch (refusal) {
        reject(refusal as Error);
      }
    });
    server.listen(port, HOST, resolve);
  });
}

function writeReply(response: ServerResponse, reply: RestReply, venueHeader: string): void {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, {
    ...reply.headers,
    "content-length": body.length,
    "x-tickbook-venue": venueHeader,
  });
  response.end(body);
}

function refuseUpgrade(socket: Duplex, status: string, venueHeader: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\nx-tickbook-venue: ${venueHeader}\r\n\r\n`,
  );
}

/** Connection attempts by address in the last five minutes. */
function attempts(settings: ExchangeSettings, clock: Clock): (address: string) => boolean {
  const recent = new Map<string, number[]>();
  return (address) => {
    const nowMs = clock.monotonicMs();
    const times = (recent.get(address) ?? []).filter((atMs) => atMs > nowMs - 300_000);
    times.push(nowMs);
    recent.set(address, times);
    return times.length <= settings.connectsPerFiveMinutes;
  };
}

/** A header holds ASCII only; a tape's name may be anything. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
