/** When the next request may go out, and why not now. */
export interface Hold {
  readonly ms: number;
  readonly reason: string;
}

/** The share of an exchange's request weight that repairs may use. Times are monotonic milliseconds. */
export interface WeightBudget {
  /** Weight a minute that the exchange allows one address. */
  limit(perMinute: number): void;
  /** Undefined: a request of this weight may go out now. */
  hold(weight: number, nowMs: number): Hold | undefined;
  /** A request goes out. */
  spend(weight: number, nowMs: number): void;
  /** What the exchange says this address has used in the running minute, by all its programs. */
  saw(used: number, nowMs: number): void;
  /** Nothing at all goes out for so long: the exchange has said so. */
  pause(ms: number, reason: string, nowMs: number): void;
  paused(nowMs: number): Hold | undefined;
}

const MINUTE_MS = 60_000;
const USUAL_LIMIT = 6000;
/** Of the exchange's limit: ours, and the whole address' use from which on we stand back. */
const OWN_SHARE = 0.1;
const CROWDED_SHARE = 0.8;
const USED_UP = "the repair's share of the exchange's request limit is used up";
const CROWDED = "other programs at this address use most of the exchange's request limit";

export function weightBudget(): WeightBudget {
  let limit = USUAL_LIMIT;
  let spent: { readonly atMs: number; readonly weight: number }[] = [];
  let crowdedUntilMs = 0;
  let pause = { untilMs: 0, reason: "" };

  const paused = (nowMs: number): Hold | undefined =>
    nowMs < pause.untilMs ? { ms: pause.untilMs - nowMs, reason: pause.reason } : undefined;

  return {
    limit: (perMinute) => {
      limit = perMinute;
    },
    hold: (weight, nowMs) => {
      const stop = paused(nowMs);
      if (stop !== undefined) return stop;
      if (nowMs < crowdedUntilMs) return { ms: crowdedUntilMs - nowMs, reason: CROWDED };
      spent = spent.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
      let sum = spent.reduce((total, one) => total + one.weight, 0);
      let freeMs = nowMs;
      // a limit too small for one request allows one a minute all the same
      for (const one of spent) {
        if (sum + weight <= limit * OWN_SHARE) break;
        sum -= one.weight;
        freeMs = one.atMs + MINUTE_MS;
      }
      return freeMs > nowMs ? { ms: freeMs - nowMs, reason: USED_UP } : undefined;
    },
    spend: (weight, nowMs) => {
      spent.push({ atMs: nowMs, weight });
    },
    saw: (used, nowMs) => {
      if (used >= limit * CROWDED_SHARE) crowdedUntilMs = nowMs + MINUTE_MS;
    },
    pause: (ms, reason, nowMs) => {
      if (nowMs + ms > pause.untilMs) pause = { untilMs: nowMs + ms, reason };
    },
    paused,
  };
}
