import type { Random } from "../../core/random.ts";
import type { Clock } from "../../core/time.ts";
import type { Trade } from "../../core/trade.ts";
import type { OpenSocket } from "../net/socket.ts";
import { attempts } from "./attempts.ts";
import { liveness } from "./liveness/liveness.ts";
import { type Shard, type ShardState, type ShardStatus, startShard } from "./shard.ts";
import { everySecond, type Tick } from "./ticks.ts";

/** What happens to the connection of some of the symbols; `shard` counts from 0. */
export type FeedState = ShardState & { readonly shard: number; readonly symbols: readonly string[] };

export interface FeedEvents {
  /** The same trade may come twice: connections overlap. */
  trade(trade: Trade): void;
  state(state: FeedState): void;
  /** Whatever else is worth counting (`code`) and telling (`message`). */
  odd(code: string, message: string): void;
  /** The exchange has trades of this symbol, up to this id, which the feed has not brought. */
  behind(symbol: string, newestId: number): void;
}

export interface FeedSettings {
  readonly clock: Clock;
  readonly random: Random;
  readonly openSocket: OpenSocket;
  /** The addresses of one exchange, the best first: an attempt that fails is followed by one at the next. */
  readonly wsUrls: readonly string[];
  readonly symbols: readonly string[];
  /** The newest id that the exchange has, by REST; asked at most every five seconds, about symbols that are silent. */
  readonly newestId?: (symbol: string) => Promise<number>;
  readonly events: FeedEvents;
}

export interface FeedStatus {
  /** The worst of the shards: `waiting` has no connection, `open` one without trades so far, `live` one with trades. */
  readonly kind: ShardStatus["state"];
  readonly shards: readonly ShardStatus[];
  /** Connections that may still be dialled in these five minutes. */
  readonly attemptsLeft: number;
  /** Symbols that have been silent for longer than is usual for them. */
  readonly quiet: readonly { readonly symbol: string; readonly silentMs: number }[];
}

/** A running feed: it never ends by itself. */
export interface Feed {
  /** Holds the server back, and lets it go on. */
  pause(): void;
  resume(): void;
  stop(): void;
  status(): FeedStatus;
}

const STREAMS_PER_SOCKET = 1024;
/** A tick so much too late was slept through; a little too late, it is worth a warning. */
const SLEPT_MS = 5_000;
const LAG_MS = 1_000;

/** Keeps the trades of any number of symbols coming: as many connections as are needed, each replaced before and after its end. */
export function startFeed(settings: FeedSettings): Feed {
  const { clock, random, openSocket, wsUrls, symbols, newestId, events } = settings;
  const groups = evenly(symbols, STREAMS_PER_SOCKET);
  const budget = attempts(clock, wsUrls.length);
  let stopped = false;
  let paused = false;
  const shards: Shard[] = [];

  const odd = (code: string, message: string): void => {
    if (!stopped) events.odd(code, message);
  };
  const live = liveness({
    nowMs: clock.monotonicMs(),
    shards: groups,
    isOpen: (shard) => shards[shard]!.isOpen(),
    ...(newestId === undefined ? {} : { newestId }),
    events: {
      odd,
      behind: (symbol, id) => events.behind(symbol, id),
      stale: (shard, reason) => {
        if (stopped) return;
        odd("stale", reason);
        shards[shard]!.replace(reason);
      },
    },
  });
  const accept = (trade: Trade): void => {
    if (live.trade(trade.symbol, trade.id, clock.monotonicMs())) events.trade(trade);
    else odd("unasked-trade", "a trade of a symbol that was not asked for");
  };

  const tick = ({ nowMs, lagMs, sleptMs }: Tick): void => {
    if (sleptMs > SLEPT_MS) {
      // of the wall clock alone nobody can say which it was
      const orSet = sleptMs - lagMs > LAG_MS ? ", or its clock was set forward" : "";
      const reason = `the machine slept or was busy for ${Math.round(sleptMs / 1000)} s${orSet}`;
      odd("slept", reason);
      for (const shard of shards) {
        shard.challenge();
        shard.replace(reason);
      }
    } else if (lagMs > LAG_MS) odd("lag", `this process was too busy to read for ${Math.round(lagMs)} ms`);
    for (const shard of shards) shard.tick();
    if (!paused) live.tick(nowMs);
  };

  groups.forEach((group, shard) => {
    shards.push(
      startShard({
        clock,
        random,
        openSocket,
        attempts: budget,
        wsUrls,
        symbols: group,
        events: {
          trade: accept,
          state: (state) => events.state({ ...state, shard, symbols: group }),
          odd,
          opened: () => live.opened(shard, clock.monotonicMs()),
        },
      }),
    );
  });
  const stopTicks = everySecond(clock, tick);

  return {
    pause() {
      paused = true;
      for (const shard of shards) shard.pause();
    },
    resume() {
      paused = false;
      for (const shard of shards) shard.resume();
      for (const shard of shards.keys()) live.opened(shard, clock.monotonicMs());
    },
    stop() {
      stopped = true;
      stopTicks();
      for (const shard of shards) shard.stop();
    },
    status() {
      const all = shards.map((shard) => shard.status());
      return {
        kind: WORST.find((state) => all.some((one) => one.state === state))!,
        shards: all,
        attemptsLeft: budget.left(),
        quiet: live.quiet(clock.monotonicMs()),
      };
    },
  };
}

const WORST: readonly ShardStatus["state"][] = ["waiting", "connecting", "open", "live"];

/** As few groups as can be, of nearly the same size. */
function evenly<T>(all: readonly T[], most: number): T[][] {
  const count = Math.ceil(all.length / most);
  const groups: T[][] = [];
  for (let g = 0; g < count; g++) {
    groups.push(all.slice(Math.round((g * all.length) / count), Math.round(((g + 1) * all.length) / count)));
  }
  return groups;
}
