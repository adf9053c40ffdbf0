import { TickbookError } from "../../../core/errors.ts";
import type { Random } from "../../../core/random.ts";
import type { Clock } from "../../../core/time.ts";
import { backoffMs } from "../../../pipeline/net/backoff.ts";
import type { Log } from "../../terminal/log.ts";
import type { SymbolChanges, SymbolsChanged } from "./changes.ts";
import type { SymbolChoice } from "./choice.ts";

/** New listings are looked for so often; what the exchange did not answer is asked again sooner. */
const LISTED_MS = 3_600_000;
const AGAIN = { firstMs: 2000, capMs: 300_000 };

/**
 * Keeps a choice by patterns true while it is collected: what the exchange did not answer is asked until it does, and what is
 * listed anew and fits is added (which are the most traded is settled once, at the choice). What was added or removed by hand
 * since the choice stays so.
 */
export interface Following {
  /** Another choice; where it can't be settled yet, it is tried again until it is. */
  choose(choice: SymbolChoice): Promise<void>;
  change(add: SymbolChoice | undefined, remove: readonly string[]): Promise<SymbolsChanged>;
  stop(): void;
}

interface Choice {
  readonly choice: SymbolChoice;
  readonly added: Set<string>;
  readonly removed: Set<string>;
  /** What is collected is what was chosen, as far as that was known. */
  isTaken: boolean;
  /** The exchange has said which symbols are meant. */
  isAnswered: boolean;
}

/** `first` is collected already; `isAnswered`: as the exchange has said what it means. */
export function following(
  first: SymbolChoice,
  isAnswered: boolean,
  changes: SymbolChanges,
  { clock, random, log }: { readonly clock: Clock; readonly random: Random; readonly log: Log },
): Following {
  const chosen = (choice: SymbolChoice): Choice => ({
    choice,
    added: new Set(),
    removed: new Set(),
    isTaken: false,
    isAnswered: false,
  });
  let now: Choice = { ...chosen(first), isTaken: true, isAnswered };
  let cancel = (): void => {};
  let stopped = false;

  /** Collects what is chosen and nothing else; throws what stands in its way. */
  const take = async (one: Choice): Promise<void> => {
    const { choice, added, removed } = one;
    const names = [...new Set([...choice.names, ...added])];
    const { unanswered } = await changes.choose({ ...choice, names }, [...removed]);
    one.isTaken = true;
    one.isAnswered = unanswered === undefined;
    if (unanswered !== undefined) sayUnanswered(unanswered);
  };
  const sayUnanswered = (reason: string): void => {
    const message = `${reason}; asked again until it answers`;
    log({ level: "warn", event: "unreachable", message });
  };
  const ask = async (one: Choice): Promise<void> => {
    const { choice, removed } = one;
    if (!one.isTaken || (!one.isAnswered && choice.mostTraded !== undefined)) await take(one);
    else {
      await changes.change({ names: [], patterns: choice.patterns }, [...removed]);
      one.isAnswered = true;
    }
  };
  const next = (failures: number): void => {
    cancel();
    const { choice, isAnswered: isSettled } = now;
    const isDone = isSettled && choice.mostTraded !== undefined;
    if (stopped || choice.patterns.length === 0 || isDone) return;
    const waitMs = isSettled ? LISTED_MS : backoffMs(failures, random, AGAIN);
    cancel = clock.after(waitMs, () => void look(failures + 1));
  };
  const look = async (failures: number): Promise<void> => {
    const one = now;
    try {
      await ask(one);
    } catch (error) {
      log({ level: "warn", event: "symbols", message: (error as Error).message });
    }
    if (one === now) next(one.isAnswered ? 0 : failures);
  };
  next(0);
  return {
    choose: async (choice) => {
      const before = now;
      const one = chosen(choice);
      now = one;
      try {
        await take(one);
      } catch (error) {
        const isOpen = error instanceof TickbookError && error.code === "unreachable";
        if (isOpen) sayUnanswered(error.problem);
        else {
          if (now === one) now = before;
          throw error;
        }
      } finally {
        if (now === one || now === before) next(0);
      }
    },
    change: async (add, remove) => {
      const changed = await changes.change(add, remove);
      for (const symbol of [...changed.added, ...(add?.names ?? [])]) {
        now.added.add(symbol);
        now.removed.delete(symbol);
      }
      for (const symbol of [...changed.removed, ...remove]) {
        now.removed.add(symbol);
        now.added.delete(symbol);
      }
      return changed;
    },
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
