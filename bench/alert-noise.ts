/**
 * How often the rules that come with Tickbook fire, on a market in which nothing happens: the simulated one, seeds 1 to 8, an hour
 * each, ETHUSDT on BTCUSDT.
 *   node bench/alert-noise.ts [HOURS]
 */

import { alertsOf } from "../src/analytics/alerts/alerts.ts";
import { replayAlerts } from "../src/analytics/alerts/replay.ts";
import { defaultRules } from "../src/analytics/alerts/rules/defaults.ts";
import type { AlertRule } from "../src/analytics/alerts/rules/rule.ts";
import { simulatedMarket } from "../src/pipeline/exchange/market/market.ts";
import { secondBars } from "../tests/support/second-bars.ts";

const START_US = Date.UTC(2026, 0, 5, 12) * 1000;
const SYMBOLS = ["ETHUSDT", "BTCUSDT"];

function main(): void {
  const hours = Number(process.argv[2] ?? 1);
  const rules: AlertRule[] = defaultRules({ pair: ["ETHUSDT", "BTCUSDT"] });
  const counts = new Map<string, { fired: number; told: number; heldBack: number }>();
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
  for (const seed of seeds) {
    const market = simulatedMarket(seed);
    const bars = SYMBOLS.map((symbol) => secondBars(market, symbol, START_US, hours * 3600));
    const alerts = alertsOf(rules, { venue: market.name, symbols: SYMBOLS });
    for (const { alert, events } of replayAlerts(alerts, bars)) {
      const count = counts.get(alert.rule.name) ?? { fired: 0, told: 0, heldBack: 0 };
      counts.set(alert.rule.name, count);
      for (const { kind, delivery, sinceUs, timeUs } of events) {
        if (kind === "firing" && sinceUs === timeUs) count.fired++;
        if (delivery === "sent") count.told++;
        if (delivery === "held back") count.heldBack++;
      }
    }
  }
  const all = hours * seeds.length;
  const total = { fired: 0, told: 0, heldBack: 0 };
  for (const [name, { fired, told, heldBack }] of counts) {
    total.fired += fired;
    total.told += told;
    total.heldBack += heldBack;
    console.log(`${name.padEnd(18)} an hour: ${line(fired, told, heldBack, all)}`);
  }
  console.log(`${"all".padEnd(18)} an hour: ${line(total.fired, total.told, total.heldBack, all)}`);
}

function line(fired: number, told: number, heldBack: number, hours: number): string {
  const of = (count: number): string => (count / hours).toFixed(1);
  return `${of(fired)} firings, ${of(told)} messages, ${of(heldBack)} held back`;
}

main();
