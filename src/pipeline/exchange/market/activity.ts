import { hash32 } from "../../../core/random.ts";
import { type Dyadic, dyadic } from "./dyadic.ts";

/** Seconds of a day as a running share of its trades: piecewise linear through the hours. */
function dayProfile(hours: readonly number[]): (second: number) => number {
  const total = hours.reduce((sum, hour) => sum + hour, 0);
  const before = [0];
  for (const hour of hours) before.push(before.at(-1)! + hour / total);
  return (second) => {
    const day = Math.floor(second / 86_400);
    const hour = Math.min(Math.floor((second - day * 86_400) / 3600), 23);
    const part = (second - day * 86_400 - hour * 3600) / 3600;
    return day + before[hour]! + part * (before[hour + 1]! - before[hour]!);
  };
}

/** How unevenly an interval of `2^level` seconds falls into its halves: little over days, much over seconds. */
function unevenness(level: number): number {
  if (level > 16) return 0.05;
  if (level > 11) return 0.08;
  if (level > 5) return 0.12;
  return 0.28;
}

function uniform(...key: readonly number[]): number {
  return hash32(...key) / 4294967296;
}

/** The share of an interval's activity that falls into its first half; only +, -, × and / are used. */
function firstHalf(profile: (second: number) => number, level: number, place: number, swing: number): number {
  const half = 2 ** (level - 1);
  const from = profile(place - half);
  const expected = (profile(place) - from) / (profile(place + half) - from);
  return Math.min(0.95, Math.max(0.05, expected + 2 * unevenness(level) * swing));
}

/** Cumulative activity of the whole market over `2^depth` seconds, `unit` a second on average: a multiplicative cascade. */
export function marketActivity(depth: number, unit: number, hours: readonly number[], seed: number): Dyadic {
  const profile = dayProfile(hours);
  return dyadic(depth, 0, unit * 2 ** depth, (level, place, left, right) => {
    const swing = uniform(seed, 11, level, place) - 0.5;
    return left + firstHalf(profile, level, place, swing) * (right - left);
  });
}

/**
 * Cumulative count of one symbol's events: whole numbers, half of whose unevenness is the market's and half its own.
 * Since it is a running sum, any id can be found by time and any time by id.
 */
export function symbolCounts(
  depth: number,
  total: number,
  hours: readonly number[],
  seed: number,
  symbolKey: number,
): Dyadic {
  const profile = dayProfile(hours);
  return dyadic(depth, 0, total, (level, place, left, right) => {
    const common = uniform(seed, 11, level, place) - 0.5;
    const own = uniform(seed, 12, symbolKey, level, place) - 0.5;
    const share = firstHalf(profile, level, place, (common + own) / 2);
    return left + Math.floor(share * (right - left) + uniform(seed, 13, symbolKey, level, place));
  });
}
