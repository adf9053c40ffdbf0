import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { type Feed, type FeedSettings, type FeedState, startFeed } from "../../src/pipeline/feed/feed.ts";
import { oblige, type ScriptedSocket, scriptedSockets, tradeFrame, urlStreams } from "./scripted-socket.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

/** A feed on scripted sockets and a virtual clock, and everything it has said. */
export interface FeedBench {
  readonly clock: VirtualClock;
  readonly feed: Feed;
  readonly sockets: readonly ScriptedSocket[];
  last(): ScriptedSocket;
  /** Sockets that are open or being opened. */
  alive(): ScriptedSocket[];
  readonly trades: readonly Trade[];
  ids(symbol?: string): number[];
  readonly states: readonly FeedState[];
  /** `code: message` of everything odd. */
  readonly odd: readonly string[];
  oddOf(code: string): string[];
  readonly behind: readonly (readonly [string, number])[];
  /** How long each wait was to be. */
  waits(): number[];
  /**
   * Moves time second by second (ten seconds where it is long), while these sockets answer and deliver trades of their first
   * symbol with new ids.
   */
  run(ms: number, ...sockets: readonly ScriptedSocket[]): void;
  /** The same without trades. */
  idle(ms: number, ...sockets: readonly ScriptedSocket[]): void;
  /** Moves time and lets promises settle in every second of it. */
  settle(ms: number): Promise<void>;
}

export function feedBench(
  settings: Partial<Pick<FeedSettings, "wsUrls" | "symbols" | "newestId" | "random">> = {},
): FeedBench {
  const clock = virtualClock();
  const wire = scriptedSockets();
  const trades: Trade[] = [];
  const states: FeedState[] = [];
  const odd: string[] = [];
  const behind: (readonly [string, number])[] = [];
  const feed = startFeed({
    clock,
    random: random(1),
    openSocket: wire.open,
    wsUrls: ["ws://a"],
    symbols: ["BTCUSDT"],
    newestId: async () => 0,
    ...settings,
    events: {
      trade: (one) => trades.push(one),
      state: (state) => states.push(state),
      odd: (code, message) => odd.push(`${code}: ${message}`),
      behind: (symbol, id) => behind.push([symbol, id]),
    },
  });
  let nextId = 1_000_000;
  return {
    clock,
    feed,
    sockets: wire.sockets,
    last: wire.last,
    alive: () => wire.sockets.filter(({ over }) => !over),
    trades,
    ids: (symbol = "BTCUSDT") => trades.flatMap((one) => (one.symbol === symbol ? [one.id] : [])),
    states,
    odd,
    oddOf: (code) =>
      odd.filter((line) => line.startsWith(`${code}: `)).map((line) => line.slice(code.length + 2)),
    behind,
    waits: () => states.flatMap((state) => (state.kind === "waiting" ? [state.retryMs] : [])),
    run(ms, ...sockets) {
      const stepMs = ms >= 600_000 ? 10_000 : 1000;
      for (let past = 0; past < ms; past += stepMs) {
        clock.advance(Math.min(stepMs, ms - past));
        nextId++;
        for (const socket of sockets) {
          oblige(socket);
          const symbol = urlStreams(socket.url)[0]!.split("@")[0]!.toUpperCase();
          if (!socket.over) socket.server.text(tradeFrame(nextId, symbol));
        }
      }
    },
    idle(ms, ...sockets) {
      for (let past = 0; past < ms; past += 1000) {
        clock.advance(Math.min(1000, ms - past));
        for (const socket of sockets) {
          oblige(socket);
          if (!socket.over) socket.server.alive();
        }
      }
    },
    async settle(ms) {
      for (let past = 0; past < ms; past += 1000) {
        clock.advance(Math.min(1000, ms - past));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
