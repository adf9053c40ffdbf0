import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pairsMonitor } from "../../src/app/pair/pairs-monitor.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { storeMarket } from "../support/market-store.ts";
import { reading } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";

test("a look at all pairs asks the store once whether it has changed, and for each symbol's newest trade at most once", (t) => {
  const file = join(tempFolder(t), "x.db");
  storeMarket(file, { seconds: 120 });
  const store = reading(t, file);
  const asked = { newest: 0, version: 0, series: 0 };
  let version = 0;
  const counted: TradeStore = {
    ...store,
    newest: (series, belowId) => {
      if (belowId === undefined) asked.newest++;
      return store.newest(series, belowId);
    },
    version: () => {
      asked.version++;
      return version;
    },
    series: () => {
      asked.series++;
      return store.series();
    },
  };
  const symbols = store.series().map(({ symbol }) => symbol);
  const look = pairsMonitor(counted, { symbols, interval: "1s", window: 20, calibrationBars: 60, bars: 60 });
  while (look().some(({ frame }) => frame === undefined));
  for (const changes of [false, true]) {
    if (changes) version++;
    Object.assign(asked, { newest: 0, version: 0, series: 0 });
    const pairs = look();
    assert.equal(pairs.length, (symbols.length * (symbols.length - 1)) / 2);
    assert.deepEqual(asked, {
      newest: changes ? symbols.length : 0,
      version: 1,
      series: changes ? 1 : 0,
    });
  }
});
