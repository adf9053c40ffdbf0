import { refuse } from "../../../core/errors.ts";
import type { Feed } from "../../../pipeline/feed/feed.ts";
import type { Log } from "../../terminal/log.ts";
import type { SymbolChoice } from "./choice.ts";
import type { Feeds } from "./feeds.ts";
import type { Resolved } from "./resolve.ts";
import type { Roster } from "./roster.ts";

/** What a change of the symbols came to. */
export interface SymbolsChanged {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly symbols: readonly string[];
}

/** What a choice came to. */
export interface Chosen extends SymbolsChanged {
  /** Why the exchange did not say which symbols its patterns mean; undefined: it did. */
  readonly unanswered: string | undefined;
}

/** Changes which symbols are collected while they are collected, one change after the other. */
export interface SymbolChanges {
  /** Collects what is chosen without these, and nothing else; where the exchange does not answer, what is held of it. */
  choose(choice: SymbolChoice, without: readonly string[]): Promise<Chosen>;
  /** Adds, and removes: what is both, by a pattern, is removed. Refuses a pattern while the exchange does not answer. */
  change(add: SymbolChoice | undefined, remove: readonly string[]): Promise<SymbolsChanged>;
}

export interface ChangeParts {
  readonly roster: Roster;
  readonly feeds: Feeds;
  readonly log: Log;
  readonly resolve: (choice: SymbolChoice) => Promise<Resolved>;
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
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.then(
      () => feeds.replaced(),
      () => {},
    );
    return done;
  };
  return {
    choose: (choice, without) =>
      inTurn(async () => {
        const { symbols, unanswered } = await resolve(choice);
        const wanted = symbols.filter((symbol) => !without.includes(symbol));
        if (wanted.length === 0 && unanswered !== undefined) refuseUnanswered(unanswered);
        return { ...(await collectOnly(wanted, parts)), unanswered };
      }),
    change: (add, remove) =>
      inTurn(async () => {
        const twice = add?.names.find((symbol) => remove.includes(symbol));
        if (twice !== undefined)
          refuse({
            code: "bad-request",
            where: "symbols",
            problem: `needs each symbol either added or removed; got both for ${twice}`,
            hint: "Leave one out.",
          });
        const more = add === undefined ? undefined : await resolve(add);
        if (more?.unanswered !== undefined) refuseUnanswered(more.unanswered);
        const all = new Set([...roster.active(), ...(more?.symbols ?? [])]);
        return collectOnly(
          [...all].filter((symbol) => !remove.includes(symbol)),
          parts,
        );
      }),
  };
}

function refuseUnanswered(reason: string): never {
  refuse({
    code: "unreachable",
    where: "symbols",
    problem: `needs an exchange that says which symbols are meant; ${reason}`,
    hint: "Name the symbols, or ask again when it answers.",
  });
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
