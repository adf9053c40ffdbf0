import { WebSocket } from "ws";

/** How a socket ended: closed by either side, refused at the handshake, or broken. */
export interface SocketEnd {
  /** WebSocket close code; 1006 where there was no close. */
  readonly code: number;
  readonly reason: string;
  /** HTTP status of a refused handshake, and its Retry-After. */
  readonly status?: number;
  readonly retryAfterS?: number;
}

export interface SocketEvents {
  opened(): void;
  /** A whole text frame. */
  text(data: string): void;
  /** Anything else that arrived: binary. */
  binary(length: number): void;
  /** The server's ping, or its pong to ours. */
  alive(): void;
  /** Once, and nothing comes after it. */
  ended(end: SocketEnd): void;
}

/** One WebSocket connection, from dialling to its one end. */
export interface Socket {
  send(text: string): void;
  ping(): void;
  /** Stops reading: the network holds the server back. */
  pause(): void;
  resume(): void;
  /** Drops the connection without waiting for the peer. */
  terminate(): void;
}

export type OpenSocket = (url: string, events: SocketEvents) => Socket;

const MAX_FRAME_BYTES = 1 << 20;
const HANDSHAKE_MS = 10_000;

/** Opens a socket by the `ws` package with bounded frames, no compression and no redirects. */
export const openSocket: OpenSocket = (url, events) => {
  const ws = new WebSocket(url, {
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
  });
  let over = false;
  let failure = "";
  const end = (result: SocketEnd): void => {
    if (over) return;
    over = true;
    ws.terminate();
    events.ended(result);
  };
  ws.on("open", () => over || events.opened());
  ws.on("message", (data: Buffer, isBinary) => {
    if (over) return;
    if (isBinary) events.binary(data.length);
    else events.text(data.toString("utf8"));
  });
  ws.on("ping", () => over || events.alive());
  ws.on("pong", () => over || events.alive());
  ws.on("unexpected-response", (_request, response) => {
    response.resume();
    const retryAfter = Number(response.headers["retry-after"]);
    end({
      code: 1006,
      reason: `handshake answered with HTTP ${response.statusCode}`,
      status: response.statusCode ?? 0,
      ...(Number.isFinite(retryAfter) ? { retryAfterS: retryAfter } : {}),
    });
  });
  ws.on("error", (error) => {
    failure = (error as { code?: string }).code ?? error.message;
  });
  ws.on("close", (code, reason) => end({ code, reason: failure || reason.toString("utf8") }));
  return {
    send: (text) => ws.readyState === WebSocket.OPEN && ws.send(text),
    ping: () => ws.readyState === WebSocket.OPEN && ws.ping(),
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    terminate: () => end({ code: 1006, reason: "ended here" }),
  };
};
