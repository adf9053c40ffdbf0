import { quote, refuse } from "../../../core/errors.ts";
import { backoffMs } from "../../../pipeline/net/backoff.ts";
import { fetchTickers, type Ticker } from "../../../pipeline/venues/binance/tickers.ts";
import type { CollectWorld } from "../collector-types.ts";
import { chosenSymbols, type SymbolChoice } from "./choice.ts";

const AGAIN = { firstMs: 1000, capMs: 60_000 };

/**
 * What a choice means at an exchange. Patterns are asked of it; while it does not answer, symbols of them that are `held`
 * are taken, and without any it is asked again. Undefined: the signal came first.
 */
export async function resolveSymbols(
  choice: SymbolChoice,
  restUrls: readonly string[],
  held: readonly string[],
  world: Pick<CollectWorld, "clock" | "random" | "get" | "log" | "signal">,
  failIfUnreachable = false,
): Promise<string[] | undefined> {
  if (choice.patterns.length === 0) return [...choice.names];
  for (let failures = 0; !world.signal.aborted; failures++) {
    const asked = await askTickers(restUrls, world);
    if ("listed" in asked) {
      const symbols = chosenSymbols(choice, asked.listed);
      if (symbols.length === 0)
        refuse({
          code: "no-symbols",
          where: "--symbols",
          problem: `needs a pattern that symbols of the exchange fit; none of ${asked.listed.length} fits ${choice.patterns.map((one) => quote(one, 60)).join(", ")}`,
          hint: "Pass for example '*USDT', in quotes.",
        });
      return symbols;
    }
    const known = chosenSymbols(
      { names: choice.names, patterns: choice.patterns },
      held.map((symbol) => ({ symbol, trades: 1 })),
    );
    if (known.length === 0 && failIfUnreachable)
      refuse({
        code: "unreachable",
        where: "collector",
        problem: `needs an exchange that says which symbols ${choice.patterns.join(", ")} are; ${asked.reasons.join("; ")}`,
        hint: "Check the network, or name the symbols.",
      });
    const waitMs = backoffMs(failures, world.random, AGAIN);
    const next =
      known.length > 0
        ? `The ${known.length} of them that the database holds are collected`
        : `Trying again in ${(waitMs / 1000).toFixed(1)} s`;
    const message = `the symbols of ${choice.patterns.join(", ")} can't be asked for: ${asked.reasons.join("; ")}. ${next}.`;
    world.log({ level: "warn", event: "unreachable", message });
    if (known.length > 0) return known;
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
