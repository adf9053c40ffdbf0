import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

/** The sending half of a connection, as little as the exchange needs: what misbehaves on order stands in its place. */
export interface Wire {
  /** Text frames, one each, in this order. */
  send(frames: readonly Buffer[]): void;
  ping(payload: string): void;
  close(code: number, reason: string): void;
  /** Cuts the connection without a closing handshake. */
  terminate(): void;
  /** Bytes that wait for the client. */
  buffered(): number;
}

export function wireOf(ws: WebSocket, socket: Duplex): Wire {
  const isOpen = (): boolean => ws.readyState === ws.OPEN;
  return {
    send(frames) {
      if (!isOpen()) return;
      // one write to the system for all of them
      socket.cork();
      for (const frame of frames) ws.send(frame, { binary: false });
      socket.uncork();
    },
    ping: (payload) => {
      if (isOpen()) ws.ping(payload);
    },
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    buffered: () => ws.bufferedAmount,
  };
}
