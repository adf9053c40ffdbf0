import type { HttpGet } from "../../net/http.ts";

/**
 * The id of a symbol's newest trade, −1 where it has none, from the first host that answers. Asked of `aggTrades`: the
 * cheapest question (weight 4) that every host takes.
 */
export async function fetchNewestId(
  get: HttpGet,
  restUrls: readonly string[],
  symbol: string,
): Promise<number> {
  let problem = "";
  for (const restUrl of restUrls) {
    try {
      const reply = await get(
        `${restUrl.replace(/\/+$/, "")}/api/v3/aggTrades?symbol=${encodeURIComponent(symbol)}&limit=1`,
      );
      if (reply.status !== 200) throw new Error(`HTTP ${reply.status}`);
      const rows: unknown = JSON.parse(reply.body);
      if (!Array.isArray(rows)) throw new Error("no list of trades");
      if (rows.length === 0) return -1;
      const last = (rows.at(-1) as { l?: unknown } | null)?.l;
      if (!Number.isSafeInteger(last)) throw new Error("a trade without its last id");
      return last as number;
    } catch (error) {
      problem = `${restUrl}: ${error instanceof SyntaxError ? "no JSON" : (error as Error).message}`;
    }
  }
  throw new Error(problem);
}
