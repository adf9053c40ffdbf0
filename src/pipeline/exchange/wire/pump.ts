import type { Clock } from "../../../core/time.ts";
import type { ExchangeSettings } from "../settings.ts";
import type { MarketSource } from "../source.ts";
import type { Speed, Timeline } from "../timeline.ts";
import type { Connection } from "./connection.ts";
import { type StreamEvent, streamEvents, symbolStreams } from "./events.ts";

/** At full speed a client with more than this waiting holds all of them up. */
const FULL_BYTES = 1 << 20;
/** At full speed the market moves in steps of a second, up to this long without a look at the clients. */
const STEP_US = 1_000_000;
const TURN_MS = 8;

export interface Pump {
  /** Resolves when a tape's last trade has been sent. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Sends the market's trades to the clients when their time has come. */
export function startPump(
  source: MarketSource,
  time: Timeline,
  speed: Speed,
  clock: Clock,
  settings: ExchangeSettings,
  connections: ReadonlySet<Connection>,
): Pump {
  const streams = source.symbols.map(symbolStreams);
  let sentUs = time.nowUs();
  let cancel = (): void => {};
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const sendUpTo = (us: number): void => {
    const isWanted = (stream: string): boolean => {
      for (const connection of connections) if (connection.wants(stream)) return true;
      return false;
    };
    if (connections.size > 0) {
      const trades = source.between(sentUs, us);
      const events: StreamEvent[] = streamEvents(trades, source.symbols, streams, isWanted);
      if (events.length > 0) for (const connection of connections) connection.deliver(events);
    }
    sentUs = us;
    if (us >= source.endUs) end();
  };
  /** At full speed nothing moves while nobody listens, or while somebody is behind. */
  const canTakeMore = (): boolean => {
    let listeners = 0;
    for (const connection of connections) {
      if (connection.subscriptions().streams.size === 0) continue;
      if (connection.buffered() > FULL_BYTES) return false;
      listeners++;
    }
    return listeners > 0;
  };
  const fullSpeed = (): void => {
    const until = clock.monotonicMs() + TURN_MS;
    while (sentUs < source.endUs && canTakeMore() && clock.monotonicMs() < until) {
      const next = Math.min(sentUs + STEP_US, source.endUs);
      sendUpTo(next);
      time.advance(next);
    }
    cancel = clock.after(sentUs < source.endUs && canTakeMore() ? 0 : settings.paceMs, turn);
  };
  const paced = (): void => {
    const now = time.nowUs();
    // the wall clock may be set back
    if (now > sentUs) sendUpTo(now);
    cancel = clock.after(settings.paceMs, turn);
  };
  const turn = (): void => {
    if (!time.started()) cancel = clock.after(settings.paceMs, turn);
    else if (speed === "max") fullSpeed();
    else paced();
  };
  turn();
  return { ended, stop: () => cancel() };
}
