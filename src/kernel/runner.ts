import { type Failure, isInterrupt, notCompiled, stopped, thrown, untold } from "./errors/failures.ts";
import { placesIn } from "./errors/places.ts";
import { notTypescript } from "./language/not-typescript.ts";
import type { Notebook } from "./language/notebook.ts";
import type { Tslab, TslabExecutor } from "./tslab.ts";

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

export function createRunner(tslab: Tslab, notebook: Notebook, print: (value: unknown) => void): Runner {
  const { converter, folder } = notebook;
  let problems: unknown[] = [];
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
  const explain = (error: unknown): Failure => {
    try {
      return thrown(error, (stack) => placesIn(stack, notebook.codeOf, notebook.nameOf));
    } catch (problem) {
      return untold(error, problem);
    }
  };

  return {
    interrupt: () => {
      notebook.activities.stop();
      executor.interrupt();
      interruptHold();
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
        const succeeded = await executor.execute(source);
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
