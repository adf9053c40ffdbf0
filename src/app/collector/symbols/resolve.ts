import { quote, refuse } from "../../../core/errors.ts";
import { backoffMs } from "../../../pipeline/net/backoff.ts";
import { fetchTickers, type Ticker } from "../../../pipeline/venues/binance/tickers.ts";
import type { CollectWorld } from "../collector-types.ts";
import { chosenSymbols, type SymbolChoice } from "./choice.ts";

const AGAIN = { firstMs: 1000, capMs: 60_000 };

/** The symbols that a choice means. */
export interface Resolved {
  readonly symbols: readonly string[];
  /** Why the exchange did not say which its patterns mean: they are those of them that are held. Undefined: it did. */
  readonly unanswered: string | undefined;
}

/** Where it is looked up which symbols there are. */
export interface Listings {
  readonly restUrls: readonly string[];
  /** Symbols of the database, which are meant while the exchange does not answer. */
  readonly held: readonly string[];
  /** All that the exchange has, where that is known without asking it. */
  readonly listed?: readonly string[] | undefined;
}

type ResolveWorld = Pick<CollectWorld, "clock" | "random" | "get" | "log" | "signal">;

/** What a choice means at an exchange. Patterns are asked of it; while it does not answer, those held that fit are meant. */
export async function askSymbols(
  choice: SymbolChoice,
  { restUrls, held, listed }: Listings,
  world: Pick<CollectWorld, "get">,
): Promise<Resolved> {
  if (choice.patterns.length === 0) return { symbols: choice.names, unanswered: undefined };
  const patterns = choice.patterns.map((one) => quote(one, 60)).join(", ");
  const asked = listed === undefined ? await askTickers(restUrls, world) : { listed: listed.map(traded) };
  if ("listed" in asked) {
    const symbols = chosenSymbols(choice, asked.listed);
    if (symbols.length === 0)
      refuse({
        code: "no-symbols",
        where: "--symbols",
        problem: `needs a pattern that symbols of the exchange fit; none of ${asked.listed.length} fits ${patterns}`,
        hint: "Pass for example '*USDT', in quotes.",
      });
    return { symbols, unanswered: undefined };
  }
  const { names } = choice;
  return {
    symbols: chosenSymbols({ names, patterns: choice.patterns }, held.map(traded)),
    unanswered: `the symbols of ${patterns} can't be asked for: ${asked.reasons.join("; ")}`,
  };
}

const traded = (symbol: string): Ticker => ({ symbol, trades: 1 });

/** The same at the start: without any that is held it is asked again. Undefined: the signal came first. */
export async function resolveSymbols(
  choice: SymbolChoice,
  listings: Listings,
  world: ResolveWorld,
  failIfUnreachable = false,
): Promise<Resolved | undefined> {
  for (let failures = 0; !world.signal.aborted; failures++) {
    const resolved = await askSymbols(choice, listings, world);
    const { symbols, unanswered } = resolved;
    if (unanswered === undefined) return resolved;
    if (symbols.length === 0 && failIfUnreachable)
      refuse({
        code: "unreachable",
        where: "collector",
        problem: `needs an exchange that says which symbols are meant; ${unanswered}`,
        hint: "Check the network, or name the symbols.",
      });
    const waitMs = backoffMs(failures, world.random, AGAIN);
    const next =
      symbols.length > 0
        ? `The ${symbols.length} of them that the database holds are collected, until it answers`
        : `Trying again in ${(waitMs / 1000).toFixed(1)} s`;
    world.log({ level: "warn", event: "unreachable", message: `${unanswered}. ${next}.` });
    if (symbols.length > 0) return resolved;
    await pause(waitMs, world);
  }
  return undefined;
}

async function askTickers(
  restUrls: readonly string[],
  { get }: Pick<CollectWorld, "get">,
): Promise<{ readonly listed: readonly Ticker[] } | { readonly reasons: readonly string[] }> {
  const reasons: string[] = [];
  for (const restUrl of restUrls) {
    try {
      return { listed: await fetchTickers(get, restUrl) };
    } catch (error) {
      reasons.push(`${restUrl}: ${(error as Error).message}`);
    }
  }
  return { reasons };
}

function pause(ms: number, { clock, signal }: Pick<CollectWorld, "clock" | "signal">): Promise<void> {
  return new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve);
    const stop = (): void => {
      cancel();
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}
