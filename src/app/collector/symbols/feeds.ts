import type { Clock } from "../../../core/time.ts";
import type { Feed, FeedStatus } from "../../../pipeline/feed/feed.ts";

/** A feed that can be replaced by one of other symbols without a gap: both run until the new one is live. */
export interface Feeds {
  replace(next: Feed): void;
  /** No feed is being replaced. */
  replaced(): Promise<void>;
  status(): FeedStatus;
  pause(): void;
  resume(): void;
  stop(): void;
}

const LOOK_MS = 250;
/** A market may be silent, and a connection hang: so long both run at the most. */
const OPEN_ENOUGH_MS = 5000;
const LONGEST_MS = 60_000;

export function feeds(first: Feed, clock: Clock): Feeds {
  let current = first;
  let next: Feed | undefined;
  let stopped = false;
  let paused = false;
  let done: Promise<void> = Promise.resolve();
  const all = (): Feed[] => (next === undefined ? [current] : [current, next]);
  const follow = async (feed: Feed): Promise<void> => {
    const sinceMs = clock.monotonicMs();
    let openMs = Number.NaN;
    for (;;) {
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
      if (stopped) return;
      const nowMs = clock.monotonicMs();
      const { kind } = feed.status();
      if (kind === "open" && Number.isNaN(openMs)) openMs = nowMs;
      if (kind === "live" || nowMs - openMs > OPEN_ENOUGH_MS || nowMs - sinceMs > LONGEST_MS) break;
    }
    const before = current;
    current = feed;
    next = undefined;
    before.stop();
  };
  return {
    replace: (feed) => {
      next = feed;
      if (paused) feed.pause();
      done = follow(feed);
    },
    replaced: () => done,
    status: () => current.status(),
    pause: () => {
      paused = true;
      for (const feed of all()) feed.pause();
    },
    resume: () => {
      paused = false;
      for (const feed of all()) feed.resume();
    },
    stop: () => {
      stopped = true;
      for (const feed of all()) feed.stop();
    },
  };
}
