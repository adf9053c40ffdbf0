import { dirname, join } from "node:path";
import { weightBudget } from "../../pipeline/net/weight-budget.ts";
import { heldSymbols } from "../../pipeline/store/file/held-symbols.ts";
import { watchedGet } from "../../pipeline/venues/binance/limited-get.ts";
import { rotatingFile, throttled } from "../terminal/log.ts";
import type { Collector } from "./collector.ts";
import type { CollectSettings, CollectWorld } from "./collector-types.ts";
import { reachExchange, refuseUnheard, restUrlsOf } from "./reach.ts";
import { RunningCollector } from "./running-collector.ts";
import { resolveSymbols } from "./symbols/resolve.ts";

/** Asks the exchange for its symbols, opens the store and collects. Undefined: the signal came first. */
export async function startCollector(
  settings: CollectSettings,
  world: CollectWorld,
): Promise<Collector | undefined> {
  const { clock } = world;
  const log = throttled(world.log, clock);
  const budget = weightBudget();
  const get = watchedGet(world.get, budget, clock, (reason, ms) => {
    const message = `no requests over REST for ${Math.ceil(ms / 1000)} s: ${reason}; the stream goes on`;
    log({ level: "warn", event: "rest-paused", message });
  });
  const own = { ...world, get, log };
  const held = settings.venue === undefined ? [] : heldSymbols(settings.db, settings.venue.name);
  const listings = { restUrls: restUrlsOf(settings.hosts), held, listed: settings.listed };
  const resolved = await resolveSymbols(settings.symbols, listings, own, settings.failIfUnreachable);
  if (resolved === undefined) return undefined;
  const reached = await reachExchange(settings, resolved.symbols, own);
  if (reached === undefined) return undefined;
  const { venue, info } = reached;
  refuseUnheard(settings.db, venue, info);
  const collector = new RunningCollector(settings, own, venue, budget);
  try {
    await collector.open(resolved, info);
  } catch (error) {
    if (world.signal.aborted) return undefined;
    throw error;
  }
  return collector;
}

/** A log beside a database: five files of 2 MB at the most. */
export function logFile(
  db: string,
  name: string,
  leftOut?: (lines: number) => string,
): (line: string) => void {
  return rotatingFile(join(dirname(db), "logs", name), 2_000_000, 4, leftOut);
}
