import type { Reason } from "../types.ts";
import type { Account } from "./account.ts";
import type { OpenOrder, Waiting } from "./book.ts";
import { lotsOf } from "./lots.ts";
import { sideOf } from "./round-trips.ts";

/** Orders from the close of the decision to the open that fills them. */
export interface Orders {
  /** The units to hold, in the stead of what was decided before and waits still. */
  place(bar: number, target: readonly number[], reason: Reason): void;
  /** Fills what waits, all legs in one bar: once each of them has an open. */
  fill(bar: number, waiting: Waiting): void;
}

/** `signalAt`: what the rule went by, for the round trips. */
export function ordersOf(account: Account, signalAt: (bar: number) => number): Orders {
  const { market, book, trips, standing, marks, rates } = account;
  const { startUs, intervalUs } = market;
  const { units } = standing;
  const lots = lotsOf(account);
  const opens = market.legs.map(({ open }) => open);

  const trades = (bar: number, { orders }: Waiting): boolean => {
    for (const { leg } of orders) if (Number.isNaN(opens[leg]![bar]!)) return false;
    return true;
  };

  const deal = (bar: number, { bar: decided, reason, target, orders }: Waiting): void => {
    const timeUs = startUs[bar]!;
    const sideBefore = sideOf(units);
    for (const { leg } of orders) marks[leg] = opens[leg]![bar]!;
    let valueBefore = standing.cash;
    for (let k = 0; k < units.length; k++) valueBefore += units[k]! * marks[k]!;
    let [closing, opening] = [0, 0];
    for (const order of orders) {
      const { leg, quantity } = order;
      const open = marks[leg]!;
      const size = Math.abs(quantity);
      const { feeBps, halfSpreadBps, slippageBps, worse } = rates[leg]!;
      const price = open * (1 + Math.sign(quantity) * worse);
      const fee = (size * price * feeBps) / 10_000;
      const spreadCost = (size * open * halfSpreadBps) / 10_000;
      const slippageCost = (size * open * slippageBps) / 10_000;
      const cost = fee + spreadCost + slippageCost;
      // what is traded against the position closes it, and opens only what goes beyond
      const closes = quantity * units[leg]! < 0 ? Math.min(1, Math.abs(units[leg]!) / size) : 0;
      closing += closes * cost;
      opening += (1 - closes) * cost;
      standing.cash -= quantity * price + fee;
      units[leg] = target[leg]!;
      book.totals.turnover += size * price;
      order.state = "filled";
      if (book.isBrief) continue;
      book.turnover[bar] = book.turnover[bar]! + size * price;
      const id = order.id;
      book.fills.push({ order: id, bar, timeUs, leg, quantity, open, price, fee, spreadCost, slippageCost });
    }
    if (!book.isBrief) book.paid[bar] = book.paid[bar]! + closing + opening;
    const side = sideOf(units);
    if (side !== sideBefore) standing.entryBar = side === 0 ? -1 : bar;
    standing.waiting = undefined;
    const [signal, notional] = [signalAt(decided), absoluteValue(units, marks)];
    trips.dealt({ bar, timeUs, reason, signal, units, notional, valueBefore, closing, opening });
  };

  return {
    place: (bar, asked, reason) => {
      const { waiting } = standing;
      const target = lots === undefined ? asked : lots(bar, asked);
      if (target === undefined) {
        standing.tooSmall += 1;
        return;
      }
      if (isSame(target, waiting?.target ?? units)) return;
      for (const replaced of waiting?.orders ?? []) replaced.state = "cancelled";
      const orders: OpenOrder[] = [];
      for (let leg = 0; leg < units.length; leg++) {
        const quantity = target[leg]! - units[leg]!;
        if (quantity === 0) continue;
        const timeUs = startUs[bar]! + intervalUs;
        const order: OpenOrder = {
          id: book.orders.length,
          bar,
          timeUs,
          leg,
          quantity,
          reason,
          state: "open",
        };
        orders.push(order);
        if (!book.isBrief) book.orders.push(order);
      }
      standing.waiting = orders.length === 0 ? undefined : { bar, reason, target, orders };
    },
    fill: (bar, waiting) => {
      if (trades(bar, waiting)) deal(bar, waiting);
    },
  };
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

function absoluteValue(units: Float64Array, prices: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < units.length; k++) sum += Math.abs(units[k]! * prices[k]!);
  return sum;
}
