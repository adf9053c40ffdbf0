import { AsyncLocalStorage } from "node:async_hooks";

/** What can change and tell: a control. */
export interface Followed {
  readonly name: string;
  /** The returned function ends it. What `moved` promises is waited for a moment before the next change is asked for. */
  subscribe(moved: () => Promise<void>): () => void;
  /** Shows beside it what went wrong, one text for each `source`; undefined takes the text away. */
  tell(source: object, problem: string | undefined): void;
}

/** Follows whatever its work reads. */
export interface Follower {
  /** Runs work and follows the controls that it reads, also after it has awaited. */
  run<T>(work: () => T): T;
  follow(source: Followed): void;
  stop(): void;
}

const key = Symbol.for("tickbook.reads");

type Reads = AsyncLocalStorage<(source: Followed) => void>;

/** One for the kernel, also when the package is loaded twice. */
function reads(): Reads {
  const place = globalThis as Record<symbol, unknown>;
  place[key] ??= new AsyncLocalStorage();
  return place[key] as Reads;
}

/** A control says here that its value has been read. */
export function noteRead(source: Followed): void {
  reads().getStore()?.(source);
}

export function createFollower(moved: (source: Followed) => Promise<void>): Follower {
  const ends = new Map<Followed, () => void>();
  let stopped = false;
  const follow = (source: Followed): void => {
    if (!stopped && !ends.has(source))
      ends.set(
        source,
        source.subscribe(() => moved(source)),
      );
  };
  return {
    follow,
    run: (work) => reads().run(follow, work),
    stop: () => {
      stopped = true;
      for (const end of ends.values()) end();
      ends.clear();
    },
  };
}
