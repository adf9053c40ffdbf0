import { refuse, TickbookError } from "../../core/errors.ts";
import type { Venue } from "../../core/trade.ts";
import { backoffMs } from "../../pipeline/net/backoff.ts";
import { heldSymbols } from "../../pipeline/store/file/held-symbols.ts";
import {
  type ExchangeInfo,
  fetchExchangeInfo,
  HttpProblem,
  refuseUnknown,
} from "../../pipeline/venues/binance/info.ts";
import type { CollectSettings, CollectWorld } from "./collector-types.ts";

const REACH_BACKOFF = { firstMs: 1000, capMs: 60_000 };

/** An exchange that is known, and what it says of itself; without that, its stream is read all the same. */
export interface Reached {
  readonly venue: Venue;
  readonly info: ExchangeInfo | undefined;
}

/**
 * What the first host that answers says. Where nobody does: an exchange that is known has a stream that needs no answer;
 * of any other it must be asked who it is, for ever, unless told to fail. Undefined: the signal came first.
 */
export async function reachExchange(
  settings: CollectSettings,
  symbols: readonly string[],
  world: CollectWorld,
): Promise<Reached | undefined> {
  for (let failures = 0; !world.signal.aborted; failures++) {
    const asked = await askHosts(settings.hosts, symbols, world);
    if ("info" in asked) return { venue: venueOf(settings, asked.info), info: asked.info };
    const problem = `needs an exchange that answers; ${asked.reasons.join("; ")}`;
    if (settings.failIfUnreachable && !asked.serves) {
      refuse({
        code: "unreachable",
        where: "collector",
        problem,
        hint: "Check the network, or run with --venue sim.",
      });
    }
    const { venue } = settings;
    const waitMs = backoffMs(failures, world.random, REACH_BACKOFF);
    const next =
      venue === undefined
        ? `Trying again in ${(waitMs / 1000).toFixed(1)} s; --venue sim needs no network.`
        : "The stream is opened all the same, and REST is asked again.";
    world.log({ level: "warn", event: "unreachable", message: `${problem}. ${next}` });
    if (venue !== undefined) return { venue, info: undefined };
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

/** `serves`: one that refuses at the moment will serve us another time. */
export async function askHosts(
  hosts: CollectSettings["hosts"],
  symbols: readonly string[],
  world: Pick<CollectWorld, "get">,
): Promise<
  { readonly info: ExchangeInfo } | { readonly reasons: readonly string[]; readonly serves: boolean }
> {
  const reasons: string[] = [];
  let serves = false;
  for (const { restUrl } of hosts) {
    try {
      return { info: await fetchExchangeInfo(world.get, restUrl, symbols) };
    } catch (error) {
      if (error instanceof TickbookError) throw error;
      reasons.push(`${restUrl}: ${(error as Error).message}`);
      serves ||= error instanceof HttpProblem && error.status !== 451 && error.status !== 403;
    }
  }
  return { reasons, serves };
}

function venueOf({ venue, hosts }: CollectSettings, { venue: own }: ExchangeInfo): Venue {
  if (own !== undefined && venue !== undefined && own.name !== venue.name) {
    refuse({
      code: "venue-name",
      where: venue.kind === "other" ? "--venue-name" : "venue",
      problem: `needs to agree with the exchange, which names itself ${own.name}; got ${venue.name}`,
      hint: "Leave --venue-name out.",
    });
  }
  return (
    own ??
    venue ??
    refuse({
      code: "unnamed-venue",
      where: "--venue-name",
      problem: `needs a name for the series: what answers at ${hosts[0]!.restUrl} does not say which exchange it is, and is not Binance's own address`,
      hint: "Pass for example --venue-name my-exchange; its trades are kept apart from every other venue's.",
    })
  );
}

/** Refuses symbols that the exchange does not know; one that is held was listed once: it stops nobody. */
export function refuseUnheard(db: string, venue: Venue, info: ExchangeInfo | undefined): void {
  const held = heldSymbols(db, venue.name);
  const unheard = info?.unknown.filter((symbol) => !held.includes(symbol)) ?? [];
  if (unheard.length > 0) refuseUnknown(unheard);
}

export function restUrlsOf(hosts: CollectSettings["hosts"]): string[] {
  return hosts.map(({ restUrl }) => restUrl);
}
