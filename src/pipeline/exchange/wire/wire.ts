import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Encoding, StreamEvent } from "./events.ts";

/** The sending half of a connection. What misbehaves on order stands in its place and has it inside. */
export interface Wire {
  /** Stream events, a text frame each, in this order. */
  events(events: readonly StreamEvent[]): void;
  /** The answer to a control message. */
  reply(text: string): void;
  /** False: it was not sent, so no answer can be asked for. */
  ping(payload: string): boolean;
  close(code: number, reason: string): void;
  /** Cuts the connection without a closing handshake. */
  terminate(): void;
  /** Bytes that wait for the client. */
  buffered(): number;
}

/** Puts an action off; it goes with the connection. */
export type Later = (delayMs: number, action: () => void) => void;

/** A wire that also lets one do what no exchange should. */
export interface BareWire extends Wire {
  readonly encoding: () => Encoding;
  frames(frames: readonly Buffer[]): void;
  /** Bytes as they are, between frames. */
  raw(bytes: Buffer): void;
  /** TCP RST. */
  reset(): void;
  /** TCP FIN without a close frame. */
  fin(): void;
  stopReading(): void;
}

export function wireOf(ws: WebSocket, socket: Socket, encoding: () => Encoding): BareWire {
  const isOpen = (): boolean => ws.readyState === ws.OPEN;
  const frames = (all: readonly Buffer[]): void => {
    if (!isOpen()) return;
    // one write to the system for all of them
    socket.cork();
    for (const frame of all) ws.send(frame, { binary: false, compress: false });
    socket.uncork();
  };
  return {
    encoding,
    frames,
    events(events) {
      const how = encoding();
      frames(events.map((event) => event.frame(how)));
    },
    reply: (text) => frames([Buffer.from(text)]),
    ping: (payload) => {
      if (!isOpen()) return false;
      ws.ping(payload);
      return true;
    },
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    buffered: () => ws.bufferedAmount,
    raw: (bytes) => {
      if (isOpen()) socket.write(bytes);
    },
    reset: () => socket.resetAndDestroy(),
    fin: () => socket.end(),
    stopReading: () => ws.pause(),
  };
}
