import type { Reason, RoundTrip } from "../types.ts";

/** What changed hands in one bar, as round trips see it. */
export interface Dealing {
  readonly bar: number;
  readonly timeUs: number;
  readonly reason: Reason;
  /** At the close of the decision. */
  readonly signal: number;
  /** Held after it, and their money. */
  readonly units: ArrayLike<number>;
  readonly notional: number;
  /** Cash and holdings just before, at this bar's opens. */
  readonly valueBefore: number;
  /** Costs of what made the position smaller, and of what made it larger. */
  readonly closing: number;
  readonly opening: number;
}

export interface RoundTripBook {
  dealt(dealing: Dealing): void;
  /** Financing. */
  charged(money: number): void;
  /** The data ended. */
  end(at: {
    readonly bar: number;
    readonly timeUs: number;
    readonly signal: number;
    readonly equity: number;
  }): void;
}

type Begun = Omit<RoundTrip, "exitBar" | "exitUs" | "exitReason" | "profit" | "exitSignal" | "closed">;

/** From flat to flat. One that turns from long to short at once ends the one round trip and begins another. */
export function roundTripBook(into: RoundTrip[]): RoundTripBook {
  let trip: Begun | undefined;
  let valueAtEntry = 0;
  let costs = 0;
  const close = (
    { bar, timeUs, signal, reason }: Pick<Dealing, "bar" | "timeUs" | "signal" | "reason">,
    value: number,
    closed: boolean,
  ): void => {
    if (trip === undefined) return;
    const profit = value - valueAtEntry;
    const exit = { exitBar: bar, exitUs: timeUs, exitReason: reason, exitSignal: signal };
    into.push({ ...trip, ...exit, profit, costs, closed });
    trip = undefined;
  };
  return {
    dealt(dealing) {
      const { bar, timeUs, reason, signal, units, notional, valueBefore, closing, opening } = dealing;
      const side = sideOf(units);
      if (trip !== undefined && side === trip.side) {
        costs += closing + opening;
        return;
      }
      costs += closing;
      close(dealing, valueBefore - closing, true);
      if (side === 0) return;
      const entry = { entryBar: bar, entryUs: timeUs, entryReason: reason, entrySignal: signal };
      trip = { side, ...entry, units: Array.from(units), notional, costs: 0 };
      valueAtEntry = valueBefore - closing;
      costs = opening;
    },
    charged(money) {
      costs += money;
    },
    end({ equity, ...at }) {
      close({ ...at, reason: "end of data" }, equity, false);
    },
  };
}

/** Long or short by y; by the other way of x where y is not held; 0 is flat. */
export function sideOf(units: ArrayLike<number>): 1 | -1 | 0 {
  const lead = units[0] || -(units[1] ?? 0);
  return lead > 0 ? 1 : lead < 0 ? -1 : 0;
}
