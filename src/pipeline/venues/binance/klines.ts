import { quote } from "../../../core/errors.ts";
import { toMicroseconds } from "../../../core/time.ts";
import type { HttpGet } from "../../net/http.ts";

export const KLINES_WEIGHT = 2;
/** The most rows that one answer holds. */
const PAGE_ROWS = 1000;
const MINUTE_US = 60_000_000;

/** Starts (µs since 1970 UTC, ascending) and closes of one-minute bars. */
export interface MinuteCloses {
  readonly startUs: readonly number[];
  readonly close: readonly number[];
}

/**
 * The newest closed minutes of a symbol, 1,000 at most, or those that began before `beforeUs`; from the first host that
 * answers. The newest row of all is still forming, or just closed: it is left out. Minutes that are missing stay missing.
 */
export async function fetchMinuteCloses(
  get: HttpGet,
  restUrls: readonly string[],
  symbol: string,
  beforeUs?: number,
): Promise<MinuteCloses> {
  const until = beforeUs === undefined ? "" : `&endTime=${beforeUs / 1000 - 1}`;
  let problem = "";
  for (const restUrl of restUrls) {
    try {
      const reply = await get(
        `${restUrl.replace(/\/+$/, "")}/api/v3/klines?symbol=${encodeURIComponent(symbol)}&interval=1m&limit=${PAGE_ROWS}${until}`,
      );
      if (reply.status !== 200) throw new Error(`HTTP ${reply.status}`);
      const closes = readMinutes(JSON.parse(reply.body));
      const keep = beforeUs === undefined ? -1 : closes.startUs.length;
      return { startUs: closes.startUs.slice(0, keep), close: closes.close.slice(0, keep) };
    } catch (error) {
      problem = `${restUrl}: ${error instanceof SyntaxError ? "no JSON" : (error as Error).message}`;
    }
  }
  throw new Error(problem);
}

function readMinutes(rows: unknown): MinuteCloses {
  if (!Array.isArray(rows)) throw new Error("no list of klines");
  const startUs: number[] = [];
  const close: number[] = [];
  for (const row of rows as readonly unknown[]) {
    const [open, , , , text] = Array.isArray(row) ? row : [];
    const us = toMicroseconds(Number.isSafeInteger(open) ? open : Number.NaN);
    const price = typeof text === "string" ? Number(text) : Number.NaN;
    const isOne = us % MINUTE_US === 0 && !(us <= (startUs.at(-1) ?? -1)) && price > 0 && price < Infinity;
    if (!isOne) throw new Error(`a row that is no kline of a minute: ${quote(JSON.stringify(row), 100)}`);
    startUs.push(us);
    close.push(price);
  }
  return { startUs, close };
}
