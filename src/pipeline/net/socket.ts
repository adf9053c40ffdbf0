import { type ClientOptions, WebSocket } from "ws";
import { quote } from "../../core/errors.ts";
import { agentFor } from "./proxy.ts";

/** How a socket ended: closed by either side, refused at the handshake, or broken. */
export interface SocketEnd {
  /** WebSocket close code; 1006 where there was no close. */
  readonly code: number;
  readonly reason: string;
  /** HTTP status of a refused handshake, and its Retry-After. */
  readonly status?: number;
  readonly retryAfterS?: number;
  /** The server could not prove who it is. */
  readonly untrusted?: true;
}

export interface SocketEvents {
  opened(): void;
  /** A whole text frame; also after `ended`, when it had been received before. */
  text(data: string): void;
  /** Anything else that arrived: binary. */
  binary(length: number): void;
  /** The server's ping, or its pong to ours. */
  alive(): void;
  /** Once; of all the others only `text` may come after it. */
  ended(end: SocketEnd): void;
}

/** One WebSocket connection, from dialling to its one end. */
export interface Socket {
  send(text: string): void;
  ping(): void;
  /** Stops reading an open socket: the network holds the server back. */
  pause(): void;
  resume(): void;
  /** Drops the connection without waiting for the peer; `ended` is called before this returns. */
  terminate(): void;
}

export type OpenSocket = (url: string, events: SocketEvents) => Socket;

/** A list of 1,024 subscriptions is the longest message there is, below 70 kB. */
const MAX_FRAME_BYTES = 1 << 20;
const MAX_FRAGMENTS = 1024;
/** A peer that has said goodbye may take so long to hang up. */
const CLOSE_MS = 250;

const OPTIONS: ClientOptions & { readonly closeTimeout: number } = {
  maxPayload: MAX_FRAME_BYTES,
  maxFragments: MAX_FRAGMENTS,
  perMessageDeflate: false,
  followRedirects: false,
  closeTimeout: CLOSE_MS,
  // said aloud, so that no environment variable can take it away
  rejectUnauthorized: true,
};

/** Opens a socket by the `ws` package: bounded frames, no compression, no redirects, certificates always verified. */
export const openSocket: OpenSocket = (url, events) => {
  const ws = new WebSocket(url, { ...OPTIONS, agent: agentFor(url) });
  let over = false;
  const end = (result: SocketEnd): void => {
    if (over) return;
    over = true;
    ws.terminate();
    events.ended(result);
  };
  ws.on("open", () => over || events.opened());
  ws.on("message", (data: Buffer, isBinary) => {
    if (!isBinary) events.text(data.toString("utf8"));
    else if (!over) events.binary(data.length);
  });
  ws.on("ping", () => over || events.alive());
  ws.on("pong", () => over || events.alive());
  ws.on("unexpected-response", (_request, response) => {
    const retryAfter = Number(response.headers["retry-after"]);
    end({
      code: 1006,
      reason: `handshake answered with HTTP ${response.statusCode}`,
      status: response.statusCode ?? 0,
      ...(Number.isFinite(retryAfter) ? { retryAfterS: retryAfter } : {}),
    });
  });
  // stays for good: an error of a socket that was given up must find a listener
  ws.on("error", (error) => end(broken(error)));
  ws.on("close", (code, reason) => {
    end({ code, reason: reason.length === 0 ? "" : quote(reason.toString("utf8"), 130) });
  });
  return {
    send: (text) => ws.readyState === WebSocket.OPEN && ws.send(text),
    ping: () => ws.readyState === WebSocket.OPEN && ws.ping(),
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    terminate: () => end({ code: 1006, reason: "ended here" }),
  };
};

/** The reasons for which OpenSSL and Node do not trust a certificate. */
const UNTRUSTED =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_|ERR_TLS_CERT_)/;

function broken(error: Error): SocketEnd {
  const { code = "" } = error as { code?: string };
  if (UNTRUSTED.test(code)) {
    const reason = `its certificate is not to be trusted (${code}), and it is not trusted: check this machine's date and whether a proxy stands between; a proxy's own root belongs into NODE_EXTRA_CA_CERTS`;
    return { code: 1006, reason, untrusted: true };
  }
  // several addresses were tried, and Node says of all together nothing but its code
  return { code: 1006, reason: quote(error.message === "" ? code : error.message, 200).slice(1, -1) };
}
