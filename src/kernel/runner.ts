import {
  type Failure,
  isInterrupt,
  notCompiled,
  type Place,
  stopped,
  thrown,
  untold,
} from "./errors/failures.ts";
import { placesIn } from "./errors/places.ts";
import { fixGlobal } from "./globals/fixed-global.ts";
import { notTypescript } from "./language/not-typescript.ts";
import type { Notebook } from "./language/notebook.ts";
import { Stopped } from "./stop/activities.ts";
import type { Tslab, TslabExecutor } from "./tslab.ts";

/** As it was when the kernel started: a cell may put another in its place. */
const { setImmediate } = globalThis;

/** Runs the code of cells, one at a time. */
export interface Runner {
  /** Resolves to what went wrong, or to nothing. Code is type-checked first and not run if it fails there. */
  run(source: string, count: number): Promise<Failure | undefined>;
  /** Ends the running cell, and everything that it awaits. */
  interrupt(): void;
  /** Waits for what holds the cell; nothing but an interruption ends it early. */
  settle(holds: readonly Promise<unknown>[]): Promise<Failure | undefined>;
  explain(error: unknown): Failure;
  /** The text with its stacks in the reader's own terms. */
  readable(text: string): string;
  close(): void;
}

export function createRunner(
  tslab: Tslab,
  notebook: Notebook,
  print: (value: unknown) => void,
  /** Puts back what a cell has taken away from the language. */
  restore: () => void,
): Runner {
  const { converter, folder } = notebook;
  let problems: unknown[] = [];
  let interruptRun = (): void => {};
  let interruptHold = (): void => {};
  const executor: TslabExecutor = tslab.createExecutor(
    folder,
    { node: converter, browser: converter, close: converter.close },
    {
      log: (value) => {
        try {
          notebook.interruptible(() => print(value));
        } catch (problem) {
          problems.push(problem);
        }
      },
      error: (problem) => problems.push(problem),
    },
  );
  // what tslab has put there for the code of cells
  fixGlobal("__tslab__", (globalThis as { __tslab__?: unknown }).__tslab__);
  const explain = (error: unknown): Failure => {
    if (isInterrupt(error)) return stopped;
    try {
      // what was thrown may run code of its own when it is read
      return notebook.interruptible(() => thrown(error, (stack) => placesOf(error, stack, notebook)));
    } catch (problem) {
      if (!isInterrupt(problem)) return untold(error, problem);
      notebook.stopped();
      return stopped;
    }
  };

  /** Tells the end in a turn of its own of the event loop, after what the cell has left to the end of its turn. */
  const executed = (source: string): Promise<boolean> =>
    new Promise((resolve) => {
      // a run that was stopped may end long after, while another runs
      const end = once((succeeded: boolean, isInterrupted: boolean): void => {
        if (isInterrupted) {
          problems = [new Stopped()];
          executor.interrupt();
        }
        restore();
        interruptRun = () => {};
        setImmediate(() => resolve(succeeded));
      });
      interruptRun = () => end(false, true);
      executor.execute(source).then((succeeded) => end(succeeded, false));
    });

  return {
    interrupt: () => {
      notebook.activities.stop();
      // what awaited tidies up first; where it does not come to an end, V8 forgets what waits behind it in the same turn
      for (const end of [interruptRun, interruptHold]) setImmediate(end);
    },
    settle: async (holds) => {
      if (holds.length === 0) return undefined;
      const interrupted = new Promise<Failure>((resolve) => {
        interruptHold = () => resolve(stopped);
      });
      const all = Promise.allSettled(holds).then((results) => {
        const failed = results.find(({ status }) => status === "rejected");
        return failed && explain((failed as PromiseRejectedResult).reason);
      });
      return Promise.race([interrupted, all]);
    },
    explain,
    readable: notebook.readable,
    close: () => executor.close(),
    run: async (source, number) => {
      problems = [];
      converter.next(number);
      const ended = await notebook.activities.run(async () => {
        const succeeded = await executed(source);
        // a signal has ended its first part: what that has started ends with it
        if (!succeeded && isInterrupt(problems[0])) {
          notebook.stopped();
          notebook.activities.stop();
        }
        return succeeded;
      });
      const mistakes = converter.mistakes();
      if (mistakes.length > 0) {
        const other = notTypescript(source);
        return other ? explain(other) : notCompiled(mistakes, source, number);
      }
      notebook.settle(ended);
      return ended && problems.length === 0 ? undefined : explain(problems[0]);
    },
  };
}

/** Where it failed, by its stack, or else where it was awaited. */
function placesOf(error: unknown, stack: string, notebook: Notebook): readonly Place[] {
  const places = placesIn(stack, notebook.codeOf, notebook.nameOf);
  const awaited = places[0]?.line === undefined ? notebook.awaited(error) : undefined;
  return awaited ? [awaited] : places;
}

function once<Given extends unknown[]>(work: (...given: Given) => void): (...given: Given) => void {
  let isDone = false;
  return (...given) => {
    if (isDone) return;
    isDone = true;
    work(...given);
  };
}
