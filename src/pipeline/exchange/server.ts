import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { refuse } from "../../core/errors.ts";
import type { Clock } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { faultsOf } from "./faults/faults.ts";
import { type FaultPlan, NO_PLAN } from "./faults/plan.ts";
import { writeDelivery } from "./rest/reply-writer.ts";
import { restAnswerer } from "./rest/rest.ts";
import { weights } from "./rest/weights.ts";
import { BINANCE_SETTINGS, type ExchangeSettings } from "./settings.ts";
import type { MarketSource } from "./source.ts";
import { type Speed, timeline, venueOf } from "./timeline.ts";
import { type Connection, openConnection } from "./wire/connection.ts";
import { attemptBudget, refuseHandshake, strikeHandshake } from "./wire/handshake.ts";
import { startPump } from "./wire/pump.ts";
import { parseStreamUrl } from "./wire/streams.ts";
import { wireOf } from "./wire/wire.ts";

export interface ExchangeOptions {
  readonly source: MarketSource;
  readonly clock: Clock;
  /** 1 where left out. */
  readonly speed?: Speed;
  /** 0 or left out: any free port. */
  readonly port?: number;
  readonly settings?: Partial<ExchangeSettings>;
  /** What goes wrong, on order. */
  readonly plan?: FaultPlan;
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
  const { source, clock, speed = 1, port = 0, plan = NO_PLAN } = options;
  const settings: ExchangeSettings = { ...BINANCE_SETTINGS, ...plan.settings, ...options.settings };
  const time = timeline(source, speed, clock);
  const venue = venueOf(source, speed, clock.nowUs());
  const venueHeader = asciiJson(venue);
  const faults = faultsOf(plan, clock);
  const answer = restAnswerer(source, time, settings, weights(settings, clock));
  const unlimited = weights({ ...settings, weightPerMinute: Number.MAX_SAFE_INTEGER }, clock);
  const answerFreely = restAnswerer(source, time, settings, unlimited);

  const server = createServer((message, response) => {
    message.resume();
    const { method = "GET", url = "/", headers } = message;
    const request = { method, url, headers, address: message.socket.remoteAddress ?? "" };
    const delivery = faults.rest(request, answer(request), (other) =>
      answerFreely({ ...request, url: other }),
    );
    writeDelivery(response, delivery, venueHeader, clock);
  });
  const websockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: faults.wantsDeflate,
    clientTracking: false,
    maxPayload: 1 << 20,
  });
  websockets.on("headers", (headers) => headers.push(`x-tickbook-venue: ${venueHeader}`));

  let cancelStart = (): void => {};
  const startSoon = (): void => {
    if (time.started()) return;
    cancelStart();
    cancelStart = clock.after(settings.tapeStartMs, () => time.start());
  };
  const connections = new Set<Connection>();
  /** Of WebSocket clients, also of those whose handshake hangs. */
  const sockets = new Set<Socket>();
  const hasAttempt = attemptBudget(settings, clock);
  server.on("upgrade", (message: IncomingMessage, duplex: Duplex, head: Buffer) => {
    const socket = duplex as Socket;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const headers = [`x-tickbook-venue: ${venueHeader}`];
    const request = parseStreamUrl(message.url ?? "/");
    if (!request) return refuseHandshake(socket, 404, headers);
    if (!hasAttempt(socket.remoteAddress ?? "")) return refuseHandshake(socket, 429, headers);
    const struck = faults.handshake();
    if (struck) return strikeHandshake(socket, struck);
    websockets.handleUpgrade(message, socket, head, (ws) => {
      const connection = openConnection({
        ws,
        openWire: (encoding, later) => faults.wire(wireOf(ws, socket, encoding), later),
        request,
        settings,
        clock,
        onSubscribed: startSoon,
        onClosed: () => connections.delete(connection),
      });
      connections.add(connection);
    });
  });
  /** Lets go of every client. */
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
  };

  await listen(server, port);
  const bound = (server.address() as AddressInfo).port;
  const cancelOffline = faults.offline.map(({ fromMs, forMs }) =>
    scheduleOffline(server, bound, fromMs, forMs, clock, cutAll),
  );
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
        for (const cancel of cancelOffline) cancel();
        server.close(() => resolve());
        cutAll();
      }),
  };
}

/** Stops listening for a while, so that connections are refused, and cuts those that are there. */
function scheduleOffline(
  server: Server,
  port: number,
  fromMs: number,
  forMs: number,
  clock: Clock,
  cutAll: () => void,
): () => void {
  let cancel = clock.after(fromMs, () => {
    server.close();
    cutAll();
    cancel = clock.after(forMs, () => server.listen(port, HOST));
  });
  return () => cancel();
}

function listen(server: Server, port: number): Promise<void> {
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

/** A header holds ASCII only; a tape's name may be anything. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
