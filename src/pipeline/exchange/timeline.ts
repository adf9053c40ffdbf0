import type { Clock } from "../../core/time.ts";
import { formatUtc } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import type { MarketSource } from "./source.ts";

/** Market seconds a second, or as fast as the clients take it. */
export type Speed = number | "max";

/** What time it is in the market. */
export interface Timeline {
  nowUs(): number;
  started(): boolean;
  /** A tape begins; anything else has begun already. */
  start(): void;
  /** At speed `max`: everything up to here has been sent. */
  advance(us: number): void;
}

/**
 * A simulated market at speed 1 runs on the wall clock; at another speed it leaves the wall clock behind from now on.
 * A tape stands just before its first trade until it is started. At `max` market time is what has been sent, and after
 * the last trade it goes on at the pace of the clock.
 */
export function timeline(source: MarketSource, speed: Speed, clock: Clock): Timeline {
  if (source.kind === "simulated" && speed === 1) {
    return { nowUs: () => clock.nowUs(), started: () => true, start: () => {}, advance: () => {} };
  }
  let base = source.kind === "replayed" ? source.startUs - 1 : clock.nowUs();
  let since = clock.monotonicMs();
  let started = source.kind === "simulated";
  return {
    nowUs() {
      if (!started) return base;
      const rate = speed !== "max" ? speed : base >= source.endUs ? 1 : 0;
      return Math.floor(base + (clock.monotonicMs() - since) * 1000 * rate);
    },
    started: () => started,
    start() {
      if (started) return;
      started = true;
      since = clock.monotonicMs();
    },
    advance(us) {
      base = Math.max(base, us);
      since = clock.monotonicMs();
    },
  };
}

/**
 * The venue a start of the exchange is: a seed at speed 1 is always the same market; a tape, and a market that left
 * the wall clock, are venues of their own at each start, because the same id comes at another time.
 */
export function venueOf(source: MarketSource, speed: Speed, startUs: number): Venue {
  const { name, kind, detail } = source;
  const startMs = Math.floor(startUs / 1000);
  const pace = speed === "max" ? "at full speed" : `at x${speed}`;
  if (kind === "replayed") return { name: `${name}-${startMs}`, kind, detail: `${detail} ${pace}` };
  if (speed === 1) return { name, kind, detail };
  return {
    clock: "own",
    name: `${name}-x${String(speed).replace(/[^a-z0-9]/g, "-")}-${startMs}`,
    kind,
    detail: `${detail} ${pace} from ${formatUtc(startMs * 1000)}`,
  };
}
