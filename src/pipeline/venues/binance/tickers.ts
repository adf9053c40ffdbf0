import type { HttpGet } from "../../net/http.ts";

/** A symbol that the exchange lists, and its trades of the last 24 hours. */
export interface Ticker {
  readonly symbol: string;
  readonly trades: number;
}

/** All symbols of an exchange with what was traded in a day, in one request (weight 80). */
export async function fetchTickers(get: HttpGet, restUrl: string): Promise<Ticker[]> {
  const reply = await get(`${restUrl.replace(/\/+$/, "")}/api/v3/ticker/24hr?type=MINI`);
  if (reply.status !== 200) throw new Error(`HTTP ${reply.status}`);
  let rows: unknown;
  try {
    rows = JSON.parse(reply.body);
  } catch {
    throw new Error("no JSON");
  }
  if (!Array.isArray(rows)) throw new Error("no list of symbols");
  return rows.flatMap((row): Ticker[] => {
    const { symbol, count } = (row ?? {}) as { symbol?: unknown; count?: unknown };
    return typeof symbol === "string" && typeof count === "number" && count >= 0
      ? [{ symbol, trades: count }]
      : [];
  });
}
