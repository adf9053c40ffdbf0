import type { TradeBatch } from "../write/batch.ts";

/** Trades of one symbol with everything that the store knows of them, by ascending id. */
export type StoredTrades = Omit<TradeBatch, "symbol" | "length"> & { readonly length: number };
