import { refuse } from "../../../core/errors.ts";
import type { Feed } from "../../../pipeline/feed/feed.ts";
import type { Log } from "../../terminal/log.ts";
import type { SymbolChoice } from "./choice.ts";
import type { Feeds } from "./feeds.ts";
import type { Roster } from "./roster.ts";

/** What a change of the symbols came to. */
export interface SymbolsChanged {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly symbols: readonly string[];
}

/** Changes which symbols are collected while they are collected, one change after the other. */
export interface SymbolChanges {
  choose(choice: SymbolChoice): Promise<SymbolsChanged>;
  change(add: SymbolChoice | undefined, remove: readonly string[]): Promise<SymbolsChanged>;
}

export interface ChangeParts {
  readonly roster: Roster;
  readonly feeds: Feeds;
  readonly log: Log;
  readonly resolve: (choice: SymbolChoice) => Promise<readonly string[]>;
  /** Refuses symbols that the exchange does not know. */
  readonly check: (added: readonly string[]) => Promise<void>;
  /** Makes new ones known to every part. */
  readonly join: (fresh: readonly string[]) => Promise<void>;
  /** One that was collected before is collected again. */
  readonly back: (symbol: string) => void;
  readonly startFeed: (symbols: readonly string[]) => Feed;
}

export function symbolChanges(parts: ChangeParts): SymbolChanges {
  const { roster, feeds, resolve } = parts;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<SymbolsChanged>): Promise<SymbolsChanged> => {
    const done = turn.then(work);
    turn = done.then(
      () => feeds.replaced(),
      () => {},
    );
    return done;
  };
  return {
    choose: (choice) => inTurn(async () => collectOnly(await resolve(choice), parts)),
    change: (add, remove) =>
      inTurn(async () => {
        const more = add === undefined ? [] : await resolve(add);
        const kept = roster.active().filter((symbol) => !remove.includes(symbol));
        return collectOnly([...new Set([...kept, ...more])], parts);
      }),
  };
}

/** Collects these symbols and no others; the feed of before goes on until the new one brings trades. */
async function collectOnly(wanted: readonly string[], parts: ChangeParts): Promise<SymbolsChanged> {
  const { roster, feeds, log } = parts;
  const before = roster.active();
  const added = wanted.filter((symbol) => !before.includes(symbol));
  const removed = before.filter((symbol) => !wanted.includes(symbol));
  if (wanted.length === 0)
    refuse({
      code: "no-symbols",
      where: "symbols",
      problem: "needs at least one symbol that is left; got none",
      hint: "Add another one first, or stop the collector.",
    });
  if (added.length + removed.length === 0) return { added, removed, symbols: before };
  if (added.length > 0) {
    await parts.check(added);
    const fresh = added.filter((symbol) => !roster.has(symbol));
    for (const symbol of added) if (roster.has(symbol)) parts.back(symbol);
    if (fresh.length > 0) await parts.join(fresh);
  }
  roster.activate(wanted);
  feeds.replace(parts.startFeed(wanted));
  const said = [
    added.length > 0 ? `${added.join(", ")} added` : "",
    removed.length > 0 ? `${removed.join(", ")} removed, what is stored stays` : "",
  ];
  const message = `${said.filter(Boolean).join("; ")}; symbols collected: ${wanted.length}`;
  log({ level: "info", event: "symbols", added, removed, message });
  return { added, removed, symbols: wanted };
}
