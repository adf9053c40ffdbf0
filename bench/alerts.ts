/**
 * What watching alerts costs, and how soon it tells:
 *   node --expose-gc bench/alerts.ts            all three
 *   node bench/alerts.ts live                   1,000 rules over 50 symbols, a bar of 1 s after the other, from SQLite
 *   node --expose-gc bench/alerts.ts day        the same over a replayed day: memory at each hour
 *   node bench/alerts.ts latency                from the close of a bar to the line of `npm run watch`, by real processes
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { AlertRule } from "../src/analytics/alerts/rules/rule.ts";
import { deliverTo } from "../src/app/alerts/delivery.ts";
import { activeSymbols, venueSeries } from "../src/app/alerts/venues.ts";
import { type Watch, watchAlerts } from "../src/app/alerts/watch.ts";
import { random } from "../src/core/random.ts";
import { openAlertStore } from "../src/pipeline/store/alert-store.ts";
import { openReader } from "../src/pipeline/store/read/reader.ts";
import { createBatch } from "../src/pipeline/store/write/batch.ts";
import { openWriter } from "../src/pipeline/store/write/writer.ts";

const START_US = Date.UTC(2026, 0, 5) * 1000;
const SYMBOLS = Array.from({ length: 50 }, (_, i) => `S${String(i).padStart(2, "0")}USDT`);

/** 1,000 rules: half on pairs, half on symbols, on twelve measures. */
function thousandRules(): AlertRule[] {
  return Array.from({ length: 1000 }, (_, i): AlertRule => {
    const symbol = SYMBOLS[i % 50]!;
    const pair = [symbol, SYMBOLS[(i + 1 + (i % 7)) % 50]!] as const;
    const base = { name: `rule ${i}`, interval: "1s", severity: "info" } as const;
    switch (i % 20) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return {
          ...base,
          pair,
          measure: "zScore",
          window: 60,
          when: "abs",
          fire: 2.5 + i / 1000,
          resolve: 1,
        };
      case 6:
      case 7:
        return { ...base, pair, measure: "correlation", window: 60, when: "below", fire: -0.4, resolve: 0 };
      case 8:
        return { ...base, pair, measure: "halfLife", window: 120, when: "above", fire: 60, resolve: 30 };
      case 9:
        return { ...base, pair, measure: "spread", hedge: "rolling", hedgeBars: 60, when: "abs", fire: 0.01 };
      case 10:
      case 11:
        return { ...base, symbol, measure: "priceMove", window: 30, when: "abs", fire: 1, resolve: 0.5 };
      case 12:
        return { ...base, symbol, measure: "amihud", window: 60, when: "above", fire: 1e6 };
      case 13:
        return { ...base, symbol, measure: "takerImbalance", window: 60, when: "abs", fire: 0.9 };
      case 14:
        return { ...base, symbol, measure: "rollSpread", window: 60, when: "above", fire: 1 };
      case 15:
        return { ...base, symbol, measure: "tradeCount", window: 10, when: "below", fire: 2 };
      case 16:
        return { ...base, symbol, measure: "holeOpen", when: "above", fire: 1 };
      case 17:
        return { ...base, symbol, measure: "feedAge", when: "above", fire: 10 };
      default:
        return { ...base, symbol, measure: "quoteVolume", window: 60, when: "below", fire: 1, resolve: 2 };
    }
  });
}

interface Market {
  /** Writes the trades of these seconds. */
  write(from: number, to: number): void;
  watch: Watch;
  close(): void;
}

/** A store with two trades a second and symbol, and a watch of it on a clock that stands at its newest trade. */
function market(): Market {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
  const db = join(folder, "x.db");
  const venue = { name: "bench", kind: "simulated", detail: "bench" } as const;
  const writer = openWriter(db, { venue, symbols: SYMBOLS });
  const { normal, uniform } = random(5);
  const levels = SYMBOLS.map((_, i) => Math.log(10 + i));
  const ids = SYMBOLS.map(() => 0);
  let nowUs = START_US;
  const write = (from: number, to: number): void => {
    const batch = createBatch((to - from) * SYMBOLS.length * 2);
    for (let second = from; second < to; second++) {
      const shock = 1e-4 * normal();
      SYMBOLS.forEach((_, s) => {
        for (let k = 0; k < 2; k++) {
          levels[s]! += shock / 2 + 5e-5 * normal();
          const at = batch.length++;
          ids[s]!++;
          batch.symbol[at] = s;
          batch.id[at] = ids[s]!;
          batch.priceE8[at] = BigInt(Math.round(Math.exp(levels[s]!) * 1e6)) * 100n;
          batch.qtyE8[at] = BigInt(1 + Math.floor(1e8 * uniform()));
          const timeUs = START_US + second * 1e6 + 300_000 * (k + 1);
          batch.tradeTimeUs[at] = timeUs;
          batch.eventTimeUs[at] = timeUs;
          batch.receivedUs[at] = timeUs;
          batch.isBuyerMaker[at] = k;
        }
      });
    }
    nowUs = START_US + to * 1e6 - 300_000;
    writer.append(batch, nowUs);
  };
  write(0, 600);
  const reader = openReader(db);
  const store = openAlertStore(join(folder, "alerts.db"), nowUs);
  const series = venueSeries(reader, undefined);
  const watch = watchAlerts({
    ...{ reader, series, symbols: activeSymbols(reader, series), store },
    rules: { rules: thousandRules(), perHour: 100_000 },
    delivery: deliverTo([], store),
    clock: { nowUs: () => nowUs, monotonicMs: () => nowUs / 1000, after: () => () => {} },
    graceUs: 0,
    catchUpUs: 3600e6,
  });
  watch.pass();
  return {
    write,
    watch,
    close: () => {
      watch.finish();
      reader.close();
      writer.close();
      store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const report = (figures: object): void => console.log(JSON.stringify(figures));
const short = (value: number): number => Number(value.toPrecision(3));

function live(): void {
  const { write, watch, close } = market();
  const seconds = 300;
  let spent = 0;
  for (let second = 600; second < 600 + seconds; second++) {
    write(second, second + 1);
    const before = cpuMs();
    watch.pass();
    // the nine other looks of that second, which find nothing new
    for (let i = 0; i < 9; i++) watch.pass();
    spent += cpuMs() - before;
  }
  const alerts = watch.status().length;
  close();
  report({
    job: "live",
    alerts,
    symbols: SYMBOLS.length,
    cpuMsPerSecond: short(spent / seconds),
    percentOfOneCore: short(spent / seconds / 10),
  });
}

function day(): void {
  const { write, watch, close } = market();
  const gc = (globalThis as { gc?: () => void }).gc;
  const heapMb: number[] = [];
  const rssMb: number[] = [];
  const before = performance.now();
  for (let minute = 10; minute < 1440; minute++) {
    write(60 * minute, 60 * (minute + 1));
    watch.pass();
    if ((minute + 1) % 60 > 0) continue;
    gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    heapMb.push(Math.round((heapUsed + external) / 1e6));
    rssMb.push(Math.round(rss / 1e6));
  }
  const took = (performance.now() - before) / 1000;
  close();
  report({
    job: "day",
    bars: 86_400 * SYMBOLS.length,
    tookS: short(took),
    heapMbEachHour: heapMb,
    rssMbEachHour: rssMb,
  });
}

const COLLECTOR = fileURLToPath(new URL("../scripts/collector.ts", import.meta.url));
const WATCH = fileURLToPath(new URL("../scripts/watch.ts", import.meta.url));

async function latency(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-bench-"));
  const [db, rules] = [join(folder, "x.db"), join(folder, "rules.json")] as const;
  // fires at once and reminds at every bar: a line a second
  const always = {
    name: "always",
    symbol: "BTCUSDT",
    interval: "1s",
    measure: "tradeCount",
    when: "above",
    fire: 0,
    remind: "1s",
    perHour: 3600,
  };
  writeFileSync(rules, JSON.stringify({ rules: [always], perHour: 3600 }));
  const flags = [
    "--venue",
    "sim",
    "--status-every",
    "1s",
    "--symbols",
    "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT",
    "--db",
    db,
  ];
  const collector = spawn(process.execPath, [COLLECTOR, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve) => {
    createInterface({ input: collector.stdout }).on("line", (line) => {
      const { event, symbols } = JSON.parse(line) as {
        event: string;
        symbols?: Record<string, { stored: number }>;
      };
      if (event === "status" && (symbols?.BTCUSDT?.stored ?? 0) > 50) resolve();
    });
  });
  const watch = spawn(process.execPath, [WATCH, "--source", db, "--rules", rules, "--no-status"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lateMs: number[] = [];
  createInterface({ input: watch.stdout }).on("line", (line) => {
    const ended = Date.parse(line.split(" ")[0]!);
    if (!Number.isNaN(ended)) lateMs.push(Date.now() - ended);
  });
  await new Promise((resolve) => setTimeout(resolve, 45_000));
  watch.kill("SIGTERM");
  await new Promise((resolve) => watch.once("close", resolve));
  collector.kill("SIGTERM");
  await new Promise((resolve) => collector.once("close", resolve));
  rmSync(folder, { recursive: true });
  // what was caught up with at the start is no measure
  const sorted = lateMs.slice(3).sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  report({
    job: "latency",
    graceMs: 250,
    alerts: sorted.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    worstMs: at(1),
  });
}

const JOBS = { live, day, latency };
const named = process.argv.slice(2) as (keyof typeof JOBS)[];
for (const name of named.length > 0 ? named : (Object.keys(JOBS) as (keyof typeof JOBS)[]))
  await JOBS[name]();
