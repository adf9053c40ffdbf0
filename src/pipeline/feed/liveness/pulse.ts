/** How often something beats, and since when it has not. Times are monotonic milliseconds. */
export interface Pulse {
  lastMs: number;
  /** Silence counts from here: the last beat, or the opening of a connection since. */
  fromMs: number;
  /** The newest gaps, in any order; NaN: not filled yet. */
  readonly gaps: Float64Array;
  beats: number;
  /** How often its silence was looked into since the last beat. */
  checks: number;
  checkedMs: number;
  nextCheckMs: number;
}

/** A symbol, as it is heard on its shard's connection and as REST has it. */
export interface SymbolPulse extends Pulse {
  readonly symbol: string;
  readonly shard: number;
  /** Received; −1: none. */
  newestId: number;
  /** The newest that REST has shown, and when; −1 and NaN: none. */
  restId: number;
  restMs: number;
  /** The silence that has been told of, by its beginning. */
  toldMs: number;
}

/** How soon a silence is looked into, and how seldom at the most. */
export interface Patience {
  readonly leastMs: number;
  readonly longestMs: number;
}

const NEVER = Number.NEGATIVE_INFINITY;
const GAPS = 32;
/** Fewer gaps say nothing yet. */
const FEW = 8;
/** Silence is suspicious when it is so many times the median gap. */
const TIMES = 20;
const UNKNOWN_LIMIT_MS = 60_000;

export function pulse(nowMs: number): Pulse {
  const gaps = new Float64Array(GAPS).fill(Number.NaN);
  return { lastMs: nowMs, fromMs: nowMs, gaps, beats: 0, checks: 0, checkedMs: NEVER, nextCheckMs: NEVER };
}

export function symbolPulse(symbol: string, shard: number, nowMs: number): SymbolPulse {
  const none = { newestId: -1, restId: -1, restMs: Number.NaN, toldMs: Number.NaN };
  return { ...pulse(nowMs), symbol, shard, ...none };
}

export function beat(pulse: Pulse, nowMs: number): void {
  // the first gap began before there was anything to hear
  if (pulse.beats > 0) pulse.gaps[pulse.beats % GAPS] = nowMs - pulse.fromMs;
  pulse.beats++;
  pulse.lastMs = nowMs;
  pulse.fromMs = nowMs;
  pulse.checks = 0;
  pulse.checkedMs = NEVER;
  pulse.nextCheckMs = NEVER;
}

/** Silence begins anew: a connection has come back. What has been looked into is not looked into sooner for that. */
export function listenAgain(pulse: Pulse, nowMs: number): void {
  pulse.fromMs = nowMs;
}

/** NaN while too few are known. */
export function medianGapMs({ gaps, beats }: Pulse): number {
  if (beats <= FEW) return Number.NaN;
  const known = gaps.filter((gap) => !Number.isNaN(gap)).sort();
  return known[known.length >> 1]!;
}

/** How long a silence is ordinary. */
export function limitMs(pulse: Pulse, { leastMs }: Patience): number {
  const median = medianGapMs(pulse);
  return Number.isNaN(median) ? Math.max(leastMs, UNKNOWN_LIMIT_MS) : Math.max(leastMs, TIMES * median);
}

/** Its silence has outlasted what is ordinary, and was not looked into lately. */
export function isOverdue(pulse: Pulse, nowMs: number, patience: Patience): boolean {
  const silentMs = nowMs - pulse.fromMs;
  return silentMs >= patience.leastMs && nowMs >= pulse.nextCheckMs && silentMs >= limitMs(pulse, patience);
}

/** Notes that the silence is being looked into: the next time is twice as far away. */
export function checked(pulse: Pulse, nowMs: number, patience: Patience): void {
  const waitMs = limitMs(pulse, patience) * 2 ** Math.min(pulse.checks, 30);
  pulse.checks++;
  pulse.checkedMs = nowMs;
  pulse.nextCheckMs = nowMs + Math.min(patience.longestMs, waitMs);
}
