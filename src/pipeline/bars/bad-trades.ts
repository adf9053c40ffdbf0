import { quote, refuse } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import { MOST_BACK_US } from "../../core/trade-columns.ts";

/** Between these lie milliseconds of the years 2009 to 2096: as microseconds they are days of January and February 1970. */
export const MS_FROM: number = Date.UTC(2009, 0, 1);
export const MS_TO: number = Date.UTC(2096, 0, 1);

/** Refuses times that can't be meant, when a bar begins. */
export function checkTime(symbol: string, id: number, timeUs: number, newestUs: number): void {
  if (timeUs >= MS_FROM && timeUs <= MS_TO) {
    refuse({
      code: "bad-trade-time",
      where: `bars of ${symbol}`,
      problem: `trade ${id} needs a time in microseconds; got ${timeUs}, which is ${formatUtc(timeUs * 1000)} in milliseconds`,
      hint: "Multiply the times by 1000 first.",
      facts: { id, timeUs },
    });
  }
  const isMixed = newestUs > 1e11 && timeUs / newestUs > 100;
  if (Number.isFinite(timeUs) && !isMixed) return;
  refuse({
    code: "bad-trade-time",
    where: `bars of ${symbol}`,
    problem: `trade ${id} needs a time in microseconds, as the trade before it has; got ${quote(timeUs)}${isMixed ? ` after ${newestUs}` : ""}`,
    hint: "Bring all times to microseconds since 1970 UTC first.",
    facts: { id, timeUs, newestUs },
  });
}

export interface BadTrade {
  readonly id: number;
  readonly timeUs: number;
  readonly price: number;
  readonly qty: number;
}

/** Says what is wrong with a trade that a bar can't be made of. */
export function refuseTrade(
  symbol: string,
  row: number,
  bad: BadTrade,
  lastId: number,
  newestUs: number,
): never {
  const where = `bars of ${symbol}`;
  const { id, timeUs, price, qty } = bad;
  if (!(id > lastId)) {
    return refuse({
      code: "trades-out-of-order",
      where,
      problem: `trades must come by ascending id; row ${row} has id ${quote(id)} after ${lastId}`,
      hint: "Sort by id and drop repeats first.",
      facts: { row, id, lastId },
    });
  }
  if (!(timeUs > newestUs - MOST_BACK_US)) {
    return refuse({
      code: "bad-trade-time",
      where,
      problem: `times must not go back by a minute or more; row ${row} (trade ${id}) has ${Number.isFinite(timeUs) ? formatUtc(timeUs) : timeUs} after ${formatUtc(newestUs)}`,
      hint: "Bring all times to microseconds, and sort by id, first.",
      facts: { row, id, timeUs, newestUs },
    });
  }
  return refuse({
    code: "bad-trade",
    where,
    problem: `price and quantity must be finite numbers of at least 1e-8; row ${row} (trade ${id}) has price ${quote(price)} and quantity ${quote(qty)}`,
    hint: "Leave such rows out first.",
    facts: { row, id, price, qty },
  });
}
