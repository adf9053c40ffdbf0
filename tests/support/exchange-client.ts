import { once } from "node:events";
import { WebSocket } from "ws";

/** A WebSocket client that keeps what it gets, for tests of an exchange. */
export interface ExchangeClient {
  readonly ws: WebSocket;
  readonly texts: string[];
  /** Payloads of the pings that came. */
  readonly pings: string[];
  /** Resolves with code and reason. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Waits until so many texts have come in all. */
  until(count: number): Promise<void>;
  send(message: unknown): void;
}

export async function exchangeClient(
  url: string,
  options: { autoPong?: boolean } = {},
): Promise<ExchangeClient> {
  const ws = new WebSocket(url, { perMessageDeflate: false, ...options });
  const texts: string[] = [];
  const pings: string[] = [];
  ws.on("message", (data) => texts.push(data.toString()));
  ws.on("ping", (payload) => pings.push(payload.toString()));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(ws, "open");
  // what goes wrong later shows in how the connection closes
  ws.on("error", () => {});
  return {
    ws,
    texts,
    pings,
    closed,
    async until(count) {
      while (texts.length < count) await once(ws, "message");
    },
    send: (message) => ws.send(typeof message === "string" ? message : JSON.stringify(message)),
  };
}

/** Lets what is under way on loopback sockets arrive. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
}
