import { TickbookError } from "../../../core/errors.ts";
import { backoffMs } from "../../../pipeline/net/backoff.ts";
import type { ExchangeInfo } from "../../../pipeline/venues/binance/info.ts";
import type { CollectSettings, CollectWorld } from "../collector-types.ts";
import { askHosts } from "../reach.ts";

const EVERY_MS = 3_600_000;
const AGAIN = { firstMs: 2000, capMs: 300_000 };

/**
 * Looks once an hour how the exchange lists the symbols, and at once where it has not said so yet; says what has changed.
 * Streams of symbols that are halted or not listed stay subscribed: they may come back. Returns what ends it.
 */
export function watchSymbols(
  { hosts }: Pick<CollectSettings, "hosts">,
  symbols: () => readonly string[],
  world: CollectWorld,
  first: ExchangeInfo | undefined,
  heard: (info: ExchangeInfo) => void,
): () => void {
  const states = new Map<string, string>();
  let cancel = (): void => {};
  let stopped = false;
  const tell = (symbol: string, status: string): void => {
    const before = states.get(symbol) ?? TRADING;
    states.set(symbol, status);
    if (status === before) return;
    const isBack = status === TRADING;
    const how = isBack
      ? "trades again"
      : status === NOT_LISTED
        ? "is not listed by the exchange any more: its trades are kept, its stream stays subscribed, the others go on"
        : `is in state ${status}: it may be silent`;
    world.log({
      level: isBack ? "info" : "warn",
      event: "symbol-status",
      symbol,
      status,
      message: `${symbol} ${how}`,
    });
  };
  const take = (info: ExchangeInfo): void => {
    heard(info);
    for (const { symbol, status } of info.symbols) if (status !== undefined) tell(symbol, status);
    for (const symbol of info.unknown) tell(symbol, NOT_LISTED);
  };
  const look = async (failures: number): Promise<void> => {
    let again = failures + 1;
    try {
      const asked = await askHosts(hosts, symbols(), world);
      if (stopped) return;
      if ("info" in asked) {
        again = 0;
        take(asked.info);
      }
    } catch (error) {
      if (!(error instanceof TickbookError)) throw error;
      world.log({ level: "error", event: "symbol-status", message: error.message });
    }
    if (!stopped) next(again);
  };
  const next = (failures: number): void => {
    const waitMs = failures === 0 ? EVERY_MS : backoffMs(failures - 1, world.random, AGAIN);
    cancel = world.clock.after(waitMs, () => void look(failures));
  };
  if (first !== undefined) take(first);
  next(first === undefined ? 1 : 0);
  return () => {
    stopped = true;
    cancel();
  };
}

const TRADING = "TRADING";
const NOT_LISTED = "not listed";
