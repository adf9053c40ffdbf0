/** When the next request may go out, and why not now. */
export interface Hold {
  readonly ms: number;
  readonly reason: string;
}

/** The share of an exchange's request weight that repairs may use. Times are monotonic milliseconds. */
export interface WeightBudget {
  /** Undefined: a request of this weight may go out now. */
  hold(weight: number, nowMs: number): Hold | undefined;
  /** A request goes out. */
  spend(weight: number, nowMs: number): void;
  /** What the exchange says this address has used in the running minute, by all its programs. */
  saw(used: number, nowMs: number): void;
  /** Nothing goes out for so long: the exchange has said so. */
  pause(ms: number, reason: string, nowMs: number): void;
}

const MINUTE_MS = 60_000;
/** Of the exchange's limit: ours, and the whole address' use from which on we stand back. */
const OWN_SHARE = 0.1;
const CROWDED_SHARE = 0.8;

/** `limit`: weight a minute that the exchange allows one address. */
export function weightBudget(limit: number): WeightBudget {
  const own = limit * OWN_SHARE;
  let spent: { readonly atMs: number; readonly weight: number }[] = [];
  let crowdedUntilMs = 0;
  let paused = { untilMs: 0, reason: "" };

  return {
    hold: (weight, nowMs) => {
      if (nowMs < paused.untilMs) return { ms: paused.untilMs - nowMs, reason: paused.reason };
      if (nowMs < crowdedUntilMs) {
        const reason = "other programs at this address use most of the exchange's request limit";
        return { ms: crowdedUntilMs - nowMs, reason };
      }
      spent = spent.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
      let sum = spent.reduce((total, one) => total + one.weight, 0);
      // a limit so small that it has no room for one request allows one a minute
      for (const one of spent) {
        if (sum + weight <= own) return undefined;
        sum -= one.weight;
        if (sum + weight <= own || sum === 0) {
          return { ms: one.atMs + MINUTE_MS - nowMs, reason: "its share of the exchange's request limit is used up" };
        }
      }
      return undefined;
    },
    spend: (weight, nowMs) => {
      spent.push({ atMs: nowMs, weight });
    },
    saw: (used, nowMs) => {
      if (used >= limit * CROWDED_SHARE) crowdedUntilMs = nowMs + MINUTE_MS;
    },
    pause: (ms, reason, nowMs) => {
      if (nowMs + ms > paused.untilMs) paused = { untilMs: nowMs + ms, reason };
    },
  };
}
