import { type PairKind, verdictShares } from "../tests/analytics/pair/support/made-pairs.ts";

// How often pairVerdict says what, by kind of pair, half-life and length: the table of docs/backtest.md.
//   node bench/pair-verdict.ts [seeds]

const seeds = Number(process.argv[2] ?? 200);
const line = (...cells: readonly (string | number)[]): void =>
  console.log(`| ${cells.map((cell) => String(cell)).join(" | ")} |`);
const row = (kind: PairKind, halfLife: number, bars: number, lives: number | string): void => {
  const { yes, no, short } = verdictShares(kind, bars, halfLife, seeds);
  const percent = (share: number): string => (100 * share).toFixed(seeds < 1000 ? 0 : 1);
  line(kind, kind.endsWith("walks") ? "–" : halfLife, bars, lives, percent(yes), percent(no), percent(short));
};
line("pair", "half-life, bars", "bars", "half-lives", "yes, %", "no, %", "too short to say, %");
line("-", "-:", "-:", "-:", "-:", "-:", "-:");
for (const bars of [180, 720, 1500, 2880, 5000]) row("walks", 1, bars, "–");
for (const bars of [180, 720, 2880]) row("correlated walks", 1, bars, "–");
for (const halfLife of [5, 20, 80])
  for (const lives of [12, 18, 24, 36, 48, 60]) row("pair", halfLife, lives * halfLife, lives);
for (const kind of ["β breaks", "β breaks late", "spread turns walk", "level breaks"] as const)
  for (const lives of [36, 72, 144]) row(kind, 20, lives * 20, lives);
