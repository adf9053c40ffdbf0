import { renameSync, writeFileSync } from "node:fs";
import type { Venue } from "../../../core/trade.ts";
import type { WeightBudget } from "../../../pipeline/net/weight-budget.ts";
import {
  fetchMinuteCloses,
  KLINES_WEIGHT,
  type MinuteCloses,
} from "../../../pipeline/venues/binance/klines.ts";
import { minuteFilePath, readMinuteFile } from "../../data/minute-file.ts";
import type { CollectWorld } from "../collector-types.ts";

interface Asking extends Pick<CollectWorld, "clock" | "get" | "log"> {
  readonly db: string;
  readonly venue: Venue;
  readonly restUrls: readonly string[];
  readonly symbols: readonly string[];
}

/** As many as a desk compares. */
const MOST_SYMBOLS = 12;
const FRESH_US = 86_400e6;
const AGAIN_MS = 60_000;

/**
 * At a start, two requests a symbol: the closes of its last 2,000 minutes, which stand in for a desk's calibration stretch until
 * stored bars suffice. Within the budget of repairs; again a minute later where the exchange does not answer; not at all where
 * those of the last day are there. Returns what ends it.
 */
export function keepMinuteCloses(asking: Asking, budget: WeightBudget): () => void {
  const { clock, get, log, db, venue, restUrls } = asking;
  const symbols = asking.symbols.slice(0, MOST_SYMBOLS);
  let isOver = false;
  let wake = (): void => {};
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  const page = async (symbol: string, beforeUs?: number): Promise<MinuteCloses> => {
    for (let hold = budget.hold(KLINES_WEIGHT, clock.monotonicMs()); hold !== undefined && !isOver; ) {
      await wait(hold.ms);
      hold = budget.hold(KLINES_WEIGHT, clock.monotonicMs());
    }
    if (isOver) return { startUs: [], close: [] };
    budget.spend(KLINES_WEIGHT, clock.monotonicMs());
    return fetchMinuteCloses(get, restUrls, symbol, beforeUs);
  };
  const both = async (symbol: string): Promise<MinuteCloses> => {
    const late = await page(symbol);
    const [firstUs] = late.startUs;
    if (firstUs === undefined) return late;
    const early = await page(symbol, firstUs);
    return { startUs: [...early.startUs, ...late.startUs], close: [...early.close, ...late.close] };
  };
  const isThere = (): boolean => {
    const file = readMinuteFile(db, venue.name);
    return (
      file !== undefined &&
      clock.nowUs() - file.askedUs < FRESH_US &&
      symbols.every((symbol) => Object.hasOwn(file.symbols, symbol))
    );
  };
  const ask = async (): Promise<void> => {
    const found: Record<string, MinuteCloses> = {};
    for (const symbol of symbols) found[symbol] = await both(symbol);
    if (isOver) return;
    const path = minuteFilePath(db);
    const file = { venue: venue.name, askedUs: clock.nowUs(), symbols: found };
    writeFileSync(`${path}.part`, JSON.stringify(file));
    renameSync(`${path}.part`, path);
  };
  const run = async (): Promise<void> => {
    while (!isOver && !isThere()) {
      try {
        await ask();
        return;
      } catch (error) {
        const message = `one-minute klines, which stand in for a desk's calibration, are not to be had: ${(error as Error).message}; asked again in ${AGAIN_MS / 1000} s`;
        if (!isOver) log({ level: "info", event: "klines", message });
      }
      await wait(AGAIN_MS);
    }
  };
  void run();
  return () => {
    isOver = true;
    wake();
  };
}
