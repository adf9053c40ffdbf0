import { refuse, TickbookError } from "../../core/errors.ts";
import { backoffMs } from "../../pipeline/net/backoff.ts";
import { type ExchangeInfo, fetchExchangeInfo } from "../../pipeline/venues/binance/info.ts";
import type { CollectSettings, CollectWorld } from "./collector-types.ts";

const REACH_BACKOFF = { firstMs: 1000, capMs: 60_000 };

/** What the first host that answers says; tries on for ever, unless told to fail. Refused symbols end it at once. */
export async function reachExchange(
  settings: CollectSettings,
  world: CollectWorld,
): Promise<ExchangeInfo | undefined> {
  for (let failures = 0; !world.signal.aborted; failures++) {
    const reasons: string[] = [];
    for (const { restUrl } of settings.hosts) {
      try {
        return await fetchExchangeInfo(world.get, restUrl, settings.symbols);
      } catch (error) {
        if (error instanceof TickbookError) throw error;
        reasons.push(`${restUrl}: ${(error as Error).message}`);
      }
    }
    const problem = `needs an exchange that answers; ${reasons.join("; ")}`;
    if (settings.failIfUnreachable) {
      refuse({
        code: "unreachable",
        where: "collector",
        problem,
        hint: "Check the network, or run with --venue sim.",
      });
    }
    const waitMs = backoffMs(failures, world.random, REACH_BACKOFF);
    const next = `Trying again in ${(waitMs / 1000).toFixed(1)} s; --venue sim needs no network.`;
    world.log({ level: "warn", event: "unreachable", message: `${problem}. ${next}` });
    await new Promise<void>((resolve) => {
      const cancel = world.clock.after(waitMs, resolve);
      const stop = (): void => {
        cancel();
        resolve();
      };
      world.signal.addEventListener("abort", stop, { once: true });
    });
  }
  return undefined;
}
