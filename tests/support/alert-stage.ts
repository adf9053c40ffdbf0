import { join } from "node:path";
import type { TestContext } from "node:test";
import { checkRules } from "../../src/analytics/alerts/rules/check-rules.ts";
import type { AlertRule } from "../../src/analytics/alerts/rules/rule.ts";
import { deliverTo } from "../../src/app/alerts/delivery.ts";
import type { AlertSink } from "../../src/app/alerts/sinks/sink.ts";
import { activeSymbols, venueSeries } from "../../src/app/alerts/venues.ts";
import { type Watch, watchAlerts } from "../../src/app/alerts/watch.ts";
import type { Trade } from "../../src/core/trade.ts";
import { actsFile, actsReader } from "../../src/pipeline/store/alert-acts.ts";
import {
  type AlertRecord,
  type AlertStore,
  openAlertStore,
  readAlertHistory,
} from "../../src/pipeline/store/alert-store.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { simulated } from "./bars.ts";
import { tempFolder } from "./temp.ts";
import { batchOf, trade } from "./trades.ts";
import { type VirtualClock, virtualClock } from "./virtual-clock.ts";

export const START_US: number = Date.UTC(2026, 0, 5, 12) * 1000;
const SYMBOLS = ["BTCUSDT", "ETHUSDT"];

/** Something that has a trade a second: its price in each. Undefined: none. */
export type PriceAt = (second: number) => number | undefined;

export interface Stage {
  readonly db: string;
  readonly history: string;
  readonly clock: VirtualClock;
  /** Trades of the seconds `from` to `to` (not included) come in, and the clock stands 300 ms after the last one's second. */
  add(from: number, to: number, prices: Readonly<Record<string, PriceAt>>, late?: boolean): void;
  watch(rules: readonly AlertRule[], more?: Partial<StageSettings>): StageWatch;
  /** Events of the history: `second kind`. */
  told(): string[];
  events(): AlertRecord[];
}

export interface StageSettings {
  readonly sinks: readonly AlertSink[];
  readonly catchUpUs: number;
  readonly store: (store: AlertStore) => AlertStore;
}

export interface StageWatch extends Watch {
  /** As a kill would: nothing is kept any more. */
  end(): void;
}

/** A store that trades are written to, and watches of it, on a clock that is moved by hand. */
export function alertStage(t: TestContext): Stage {
  const folder = tempFolder(t);
  const [db, history] = [join(folder, "x.db"), join(folder, "alerts.db")];
  const clock = virtualClock(START_US);
  const writer = openWriter(db, { venue: simulated, symbols: SYMBOLS });
  const ends: (() => void)[] = [() => writer.close()];
  t.after(() => {
    for (const end of ends.reverse()) end();
  });
  const events = (): AlertRecord[] => readAlertHistory(history, { most: 100_000 });
  return {
    db,
    history,
    clock,
    add: (from, to, prices, late = false) => {
      const trades: Trade[] = [];
      for (let second = from; second < to; second++) {
        for (const [symbol, priceAt] of Object.entries(prices)) {
          const price = priceAt(second);
          if (price === undefined) continue;
          const timeUs = START_US + second * 1e6 + 500_000;
          const times = { tradeTimeUs: timeUs, eventTimeUs: timeUs, receivedUs: timeUs };
          const source = late ? ("rest" as const) : ("ws" as const);
          trades.push(
            trade(second + 1, { symbol, price: price.toFixed(8), qty: "1.00000000", ...times, source }),
          );
        }
      }
      writer.append(batchOf(trades, SYMBOLS), clock.nowUs());
      if (!late) clock.advance((START_US + to * 1e6 - clock.nowUs()) / 1000 + 300);
    },
    watch: (
      rules,
      { sinks = [], catchUpUs = 3600e6, store: wrap = (one: AlertStore): AlertStore => one } = {},
    ) => {
      const reader = openReader(db);
      const store = wrap(openAlertStore(history, clock.nowUs()));
      let isOpen = true;
      const end = (): void => {
        if (isOpen) store.close();
        if (isOpen) reader.close();
        isOpen = false;
      };
      ends.push(end);
      const series = venueSeries(reader, undefined);
      const symbols = activeSymbols(reader, series);
      const delivery = deliverTo(sinks, store);
      const file = checkRules(rules);
      const watch = watchAlerts({
        reader,
        series,
        symbols,
        rules: file,
        store,
        delivery,
        clock,
        graceUs: 0,
        catchUpUs,
        acts: actsReader(actsFile(db)),
      });
      return { ...watch, end };
    },
    told: () =>
      events()
        .filter(({ delivery }) => delivery === "sent")
        .map(({ timeUs, rule, kind }) => `${(timeUs - START_US) / 1e6} ${rule} ${kind}`),
    events,
  };
}
