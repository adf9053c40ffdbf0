import { AsyncLocalStorage } from "node:async_hooks";
import { noteAwait } from "../errors/awaited.ts";

/** Thrown where a cell that was stopped would go on. */
export class Stopped extends Error {
  constructor() {
    super("Interrupted asynchronously");
    this.name = "Interrupted";
  }
}

/** Something that a notebook does: a cell's run, a callback of it. Its parts know it across awaits and timers. */
interface Activity {
  readonly pending: Set<(problem: Stopped) => void>;
  readonly onStop: Set<() => void>;
  stopped: boolean;
}

export interface Activities {
  /** Work with all that it starts, until it is stopped. */
  run<T>(work: () => T): T;
  /** A callback's work: part of what is stopped with everything else, and not of the cell that set it. */
  runCallback<T>(work: () => T): T;
  /** What an awaited value comes to; rejects when its activity is stopped. After that it never settles. `at`: see `noteAwait`. */
  wait(value: unknown, at?: string): unknown;
  each(rows: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterable<unknown>;
  /** Calls back when the activity of the running code is stopped; the returned function takes that back. */
  onStop(callback: () => void): () => void;
  isStopped(): boolean;
  /** Stops the running cell; where none runs, everything that awaits. Callbacks that are under way end in both cases. */
  stop(): void;
}

export function createActivities(isStopAsked: () => boolean = () => false): Activities {
  const storage = new AsyncLocalStorage<Activity>();
  const waiting = new Set<Activity>();
  const callbacks = new WeakSet<Activity>();
  let running: Activity | undefined;

  const begin = (): Activity => ({ pending: new Set(), onStop: new Set(), stopped: false });
  const end = (activity: Activity): void => {
    activity.stopped = true;
    waiting.delete(activity);
    for (const reject of [...activity.pending]) reject(new Stopped());
    activity.pending.clear();
    for (const callback of [...activity.onStop]) callback();
    activity.onStop.clear();
  };
  const stop = (): void => {
    const cell = running;
    for (const activity of [...waiting]) {
      if (cell === undefined || activity === cell || callbacks.has(activity)) end(activity);
    }
    if (cell && !cell.stopped) end(cell);
  };

  return {
    run: (work) => {
      const activity = begin();
      running = activity;
      const done = (): void => {
        if (running === activity) running = undefined;
      };
      const result = storage.run(activity, work);
      if (isPromise(result)) result.then(done, done);
      else done();
      return result;
    },
    runCallback: (work) => {
      const current = storage.getStore();
      if (current !== undefined && current === running && !current.stopped) return work();
      const activity = begin();
      callbacks.add(activity);
      return storage.run(activity, work);
    },
    wait: (value, at) => {
      const activity = storage.getStore();
      if (activity === undefined) return value;
      if (activity.stopped) return new Promise(() => {});
      if (isStopAsked()) {
        stop();
        if (activity.stopped) throw new Stopped();
      }
      if ((typeof value !== "object" || value === null) && typeof value !== "function") return value;
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          activity.pending.delete(reject);
          if (activity.pending.size === 0) waiting.delete(activity);
        };
        activity.pending.add(reject);
        waiting.add(activity);
        Promise.resolve(value).then(
          (result) => {
            leave();
            resolve(result);
          },
          (problem) => {
            leave();
            noteAwait(problem, at);
            reject(problem);
          },
        );
      });
    },
    each: (rows) => stoppable(rows, storage.getStore(), waiting),
    onStop: (callback) => {
      const activity = storage.getStore();
      activity?.onStop.add(callback);
      return () => {
        activity?.onStop.delete(callback);
      };
    },
    isStopped: () => storage.getStore()?.stopped ?? false,
    stop,
  };
}

/** The rows until the activity is stopped; then the source is closed, as `for await` does at a `break`. */
function stoppable(
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  activity: Activity | undefined,
  waiting: Set<Activity>,
): AsyncIterable<unknown> {
  if (activity === undefined) return rows as AsyncIterable<unknown>;
  return {
    [Symbol.asyncIterator]: () => {
      const source =
        Symbol.asyncIterator in rows && rows[Symbol.asyncIterator]
          ? rows[Symbol.asyncIterator]()
          : (rows as Iterable<unknown>)[Symbol.iterator]();
      return {
        next: () =>
          new Promise((resolve, reject) => {
            if (activity.stopped) return reject(new Stopped());
            const stopped = (problem: Stopped): void => {
              // not waited for: a source that is silent may never answer
              Promise.resolve(source.return?.()).catch(() => {});
              reject(problem);
            };
            const leave = (): void => {
              activity.pending.delete(stopped);
              if (activity.pending.size === 0) waiting.delete(activity);
            };
            activity.pending.add(stopped);
            waiting.add(activity);
            Promise.resolve(source.next())
              .then(async (step) => ({ done: step.done, value: await step.value }) as IteratorResult<unknown>)
              .then(resolve, reject)
              .finally(leave);
          }),
        return: async () => {
          await source.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
