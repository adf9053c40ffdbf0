import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pairAlerts } from "../../../src/notebook/alerts/pair-alerts.ts";
import { atOneTime } from "../../../src/notebook/data/shared-reader.ts";
import type { Comm, CommData } from "../../../src/notebook/page/kernel-api.ts";
import type { LiveNews } from "../../../src/notebook/page/live-messages.ts";
import { createPlaces } from "../../../src/notebook/page/places.ts";
import { watchPair } from "../../../src/notebook/pair/pair-watch.ts";
import { createPanels } from "../../../src/notebook/panels/panels.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { createBatch, pushTrade } from "../../../src/pipeline/store/write/batch.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import type { View } from "../../../src/render/view.ts";
import { tempFolder } from "../../support/temp.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

const START = Date.UTC(2025, 0, 9, 9) * 1e3;
const LOOKS = 300;

test("in 300 looks at what a page is told, tile, table and chart of a pair say the same, while trades come between any two drawings", (t) => {
  const source = join(tempFolder(t), "x.db");
  const market = simulatedMarket(7);
  const names = market.symbols.map(({ symbol }) => symbol);
  const writer = openWriter(source, { venue: market, symbols: names });
  t.after(() => writer.close());
  let nowUs = START;
  const trade = (us: number): void => {
    const trades = market.between(nowUs, nowUs + us);
    const batch = createBatch(Math.max(1, trades.length));
    for (const { symbol, ...one } of trades)
      pushTrade(batch, symbol, { ...one, symbol: names[symbol]!, receivedUs: nowUs, source: "ws" });
    nowUs += us;
    writer.append(batch, nowUs);
  };
  trade(60e6);

  const clock = virtualClock(START);
  const told: LiveNews[] = [];
  let opened: (comm: Comm, data: CommData) => unknown = () => {};
  const places = createPlaces({
    clock,
    newId: () => `p${ids++}`,
    display: () => {},
    comms: {
      onOpen: (_, callback) => {
        opened = callback;
      },
      broadcast: (_, data) => told.push(data as unknown as LiveNews),
    },
  });
  let ids = 0;
  const panels = createPanels({
    clock,
    newPlace: places.place,
    together: (work) => places.together(() => atOneTime(work)),
  });
  const pair = watchPair({
    y: "ETHUSDT",
    x: "BTCUSDT",
    interval: "1s",
    window: 20,
    calibrationBars: 20,
    bars: 40,
    source,
  });
  const alerts = pairAlerts(pair);
  const draws = [() => pair.tiles(), () => alerts.table(), () => pair.chart()];
  draws.forEach((draw, i) => {
    const busy = (): View => {
      trade(150_000);
      return draw();
    };
    panels.live(String(i), busy, { refreshMs: 500 });
  });
  opened({ send: () => {}, close: () => {} } as unknown as Comm, { panels: [] });

  /** What a page shows: the last view of each panel. */
  const shown = new Map<string, View>();
  let z = 0;
  for (let look = 0; look < LOOKS; look++) {
    told.length = 0;
    clock.advance(500);
    const news = told.filter((one) => one.panels.some(({ view }) => view));
    assert.ok(news.length <= 1, "one message a tick, none where nothing was traded");
    for (const { panel, view } of news[0]?.panels ?? []) if (view) shown.set(panel, view);
    if (look === 0) continue;
    const [tiles, table, chart] = ["p0", "p1", "p2"].map((id) => shown.get(id)!) as [View, View, View];
    const drawn = chart.kind === "chart" ? lastRow(chart.spec) : {};
    assert.equal(valueIn(tiles, /^z-score: \S+ ([−\d.]+)/m), drawn.z!.toFixed(2));
    assert.equal(valueIn(table, /z-score out.*?([−\d.]+) σ/), drawn.z!.toFixed(2));
    assert.equal(Number(valueIn(tiles, /^ETHUSDT: ([\d.,]+)/m).replace(",", "")), drawn.c);
    z += Math.abs(drawn.z!);
  }
  panels.stop();
  assert.ok(z > LOOKS / 10, "something moved");
});

function valueIn(view: View, what: RegExp): string {
  const text = view.kind === "html" ? view.text : "";
  return (what.exec(text)?.[1] ?? text).replace("−", "-");
}

/** The newest values of a chart: of its rows, the last that has one. */
function lastRow(spec: Readonly<Record<string, unknown>>): Record<string, number> {
  const [columns] = (spec.data as { values: [Record<string, (number | null)[]>] }).values;
  return Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, Number(values.findLast((one) => one !== null))]),
  );
}
