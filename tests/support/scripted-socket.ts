import type { OpenSocket, SocketEvents } from "../../src/pipeline/net/socket.ts";

/** One connection that a feed has opened: the test plays the server. */
export interface ScriptedSocket {
  readonly url: string;
  readonly server: SocketEvents;
  readonly sent: string[];
  /** What it is subscribed to. */
  readonly streams: Set<string>;
  pings: number;
  paused: boolean;
  over: boolean;
}

/** Sockets without a network, in the order in which they were opened. */
export function scriptedSockets(): {
  open: OpenSocket;
  sockets: ScriptedSocket[];
  last: () => ScriptedSocket;
} {
  const sockets: ScriptedSocket[] = [];
  const open: OpenSocket = (url, events) => {
    const socket: ScriptedSocket = {
      url,
      sent: [],
      streams: new Set(urlStreams(url)),
      pings: 0,
      paused: false,
      over: false,
      server: {
        ...events,
        ended: (end) => {
          if (socket.over) return;
          socket.over = true;
          events.ended(end);
        },
      },
    };
    sockets.push(socket);
    return {
      send: (text) => socket.sent.push(text),
      ping: () => {
        socket.pings++;
      },
      pause: () => {
        socket.paused = true;
      },
      resume: () => {
        socket.paused = false;
      },
      terminate: () => socket.server.ended({ code: 1006, reason: "ended here" }),
    };
  };
  return { open, sockets, last: () => sockets[sockets.length - 1]! };
}

export function tradeFrame(id: number, symbol = "BTCUSDT"): string {
  return JSON.stringify({
    stream: `${symbol.toLowerCase()}@trade`,
    data: {
      e: "trade",
      E: 1723161255343000,
      s: symbol,
      t: id,
      p: "61837.63000000",
      q: "0.02000000",
      T: 1723161255342000,
      m: true,
      M: true,
    },
  });
}

/** The streams that an address asks for. */
export function urlStreams(url: string): string[] {
  const streams = new URL(url).searchParams.get("streams");
  return streams === null || streams === "" ? [] : streams.split("/");
}

/** Answers everything that a feed has asked for and got no answer to, as an exchange does that has every stream. */
export function oblige(socket: ScriptedSocket): void {
  for (const text of socket.sent.splice(0)) {
    if (socket.over) return;
    const { method, params, id } = JSON.parse(text) as { method: string; params?: string[]; id: number };
    if (method === "SUBSCRIBE") for (const stream of params!) socket.streams.add(stream);
    const result = method === "LIST_SUBSCRIPTIONS" ? [...socket.streams] : null;
    socket.server.text(JSON.stringify({ result, id }));
  }
}
