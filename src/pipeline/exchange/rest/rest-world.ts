import type { ExchangeSettings } from "../settings.ts";
import type { MarketSource } from "../source.ts";
import type { TimeUnit } from "../units.ts";
import { type Query, RestRefusal } from "./query.ts";

/** What an endpoint's answer is made from. */
export interface RestWorld {
  readonly source: MarketSource;
  readonly settings: ExchangeSettings;
  readonly nowUs: number;
  /** Up to when the database behind REST knows the market. */
  readonly databaseUs: number;
  readonly unit: TimeUnit;
}

export function symbolIndex(query: Query, { source }: RestWorld): number {
  const name = query.symbolText();
  if (name === undefined) {
    throw new RestRefusal(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
  }
  const index = source.symbols.findIndex(({ symbol }) => symbol === name);
  if (index < 0) throw new RestRefusal(-1121, "Invalid symbol.");
  return index;
}

export function limit(query: Query, { settings }: RestWorld): number {
  const value = query.whole("limit") ?? 500;
  if (value === 0 || (value > 1000 && settings.limitAbove1000 === "refuse")) {
    throw new RestRefusal(-1130, "Data sent for parameter 'limit' is not valid.");
  }
  return Math.min(value, 1000);
}

/** Milliseconds or microseconds, told apart by magnitude. */
export function timeUs(query: Query, name: string): number | undefined {
  const value = query.whole(name);
  return value === undefined || value >= 1e14 ? value : value * 1000;
}

export function lastServed(symbol: number, { source, databaseUs }: RestWorld): number {
  return source.lastId(symbol, databaseUs, "event");
}

export function floorId(symbol: number, { source, settings }: RestWorld): number {
  return Math.max(source.firstId(symbol), settings.floorIds[source.symbols[symbol]!.symbol] ?? 0);
}
