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

type Begun = { -readonly [Name in keyof RoundTrip]: RoundTrip[Name] };

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
    trip.exitBar = bar;
    trip.exitUs = timeUs;
    trip.exitReason = reason;
    trip.exitSignal = signal;
    trip.profit = value - valueAtEntry;
    trip.costs = costs;
    trip.closed = closed;
    into.push(trip);
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
      trip = {
        side,
        entryBar: bar,
        exitBar: bar,
        entryUs: timeUs,
        exitUs: timeUs,
        entryReason: reason,
        exitReason: reason,
        units: units.length === 1 ? [units[0]!] : [units[0]!, units[1]!],
        notional,
        profit: 0,
        costs: 0,
        entrySignal: signal,
        exitSignal: signal,
        closed: false,
      };
      valueAtEntry = valueBefore - closing;
      costs = opening;
    },
    charged(money) {
      costs += money;
    },
    end({ bar, timeUs, signal, equity }) {
      close({ bar, timeUs, signal, reason: "end of data" }, equity, false);
    },
  };
}

/** Long or short by y; by the other way of x where y is not held; 0 is flat. */
export function sideOf(units: ArrayLike<number>): 1 | -1 | 0 {
  const lead = units[0] || -(units[1] ?? 0);
  return lead > 0 ? 1 : lead < 0 ? -1 : 0;
}
