import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BAR_COLUMNS, type Bars, makeBars, sliceBars } from "../../src/core/bars.ts";
import { random } from "../../src/core/random.ts";
import type { Trade } from "../../src/core/trade.ts";
import { barsFromTrades } from "../../src/pipeline/bars/from-trades.ts";
import { barRule } from "../../src/pipeline/bars/rule.ts";
import { type LiveBars, liveBars } from "../../src/pipeline/live-bars.ts";
import { openReader } from "../../src/pipeline/store/read/reader.ts";
import type { TradeStore } from "../../src/pipeline/store/trade-store.ts";
import { openWriter } from "../../src/pipeline/store/write/writer.ts";
import { simulated } from "../support/bars.ts";
import { assertSameBars } from "../support/same-bars.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, trade } from "../support/trades.ts";

const SECOND = 1_000_000;
const START = Date.UTC(2024, 7, 8, 23, 59, 30) * 1000;

/** A trade at a tenth of a second counted from the start; its price is its id. */
function at(id: number, tenth: number, given: Partial<Trade> = {}): Trade {
  const tradeTimeUs = START + tenth * 100_000;
  return trade(id, { tradeTimeUs, eventTimeUs: tradeTimeUs, price: `${id}`, qty: "0.1", ...given });
}

interface Stage {
  readonly add: (...trades: Trade[]) => void;
  readonly reader: TradeStore;
  readonly watch: (every: string, given?: { keep?: number; graceUs?: number }) => LiveBars;
}

function stage(t: TestContext): Stage {
  const file = join(tempFolder(t), "x.db");
  const writer = openWriter(file, { venue: simulated, symbols: ["BTCUSDT"] });
  const reader = openReader(file);
  t.after(() => {
    reader.close();
    writer.close();
  });
  return {
    add: (...trades) => void writer.append(batchOf(trades), START),
    reader,
    watch: (every, { keep = 1000, graceUs = SECOND } = {}) =>
      liveBars(reader, reader.series()[0]!, { rule: barRule(every), keep, graceUs }),
  };
}

function copy(bars: Bars): Bars {
  return makeBars(bars, bars.length, (name) => bars[name].slice());
}

test("an empty series gives no bars, and its first trade begins them", (t) => {
  const { add, watch } = stage(t);
  const live = watch("1s");
  assert.deepEqual(live.advance(START), { changed: false, revisedUs: undefined });
  assert.deepEqual([live.closed().length, live.forming().length], [0, 0]);
  add(at(1, 0));
  assert.equal(live.advance(START).changed, true);
  assert.deepEqual([live.closed().length, live.forming().length], [0, 1]);
});

test("a bar closes when the venue's newest time has passed its end by the grace, and not before", (t) => {
  const { add, watch } = stage(t);
  add(at(1, 0), at(2, 5));
  const live = watch("1s", { graceUs: 500_000 });
  live.advance(START + 1_499_999);
  assert.equal(live.closed().length, 0);
  assert.deepEqual(live.advance(START + 1_500_000), { changed: true, revisedUs: undefined });
  assert.deepEqual([live.closed().length, live.forming().length], [1, 0]);
  // a venue's clock that goes back opens nothing again
  assert.equal(live.advance(START).changed, false);
  assert.equal(live.closed().length, 1);
});

test("a trade that comes after its bar has closed revises that bar", (t) => {
  const { add, watch } = stage(t);
  add(at(1, 0));
  const live = watch("1s");
  live.advance(START + 5 * SECOND);
  assert.equal(live.closed().close[0], 1);
  add(at(2, 9));
  assert.deepEqual(live.advance(START + 5 * SECOND), { changed: true, revisedUs: START });
  assert.equal(live.closed().close[0], 2);
});

test("a hole found after its bar has closed makes that bar incomplete, and the fill makes it complete again", (t) => {
  const { add, watch } = stage(t);
  add(at(1, 0), at(2, 10));
  const live = watch("1s");
  live.advance(START + 3 * SECOND);
  assert.deepEqual([...live.closed().complete], [1, 1]);
  add(at(5, 31));
  assert.deepEqual(live.advance(START + 3.1 * SECOND), { changed: true, revisedUs: START + SECOND });
  assert.deepEqual([...live.closed().complete], [1, 0]);
  add(at(3, 20, { source: "rest" }));
  assert.equal(live.advance(START + 9 * SECOND).revisedUs, START + SECOND);
  assert.deepEqual([...live.closed().complete], [1, 1, 0, 0]);
  add(at(4, 29, { source: "rest" }));
  assert.equal(live.advance(START + 9 * SECOND).revisedUs, START + 2 * SECOND);
  assert.deepEqual([...live.closed().complete], [1, 1, 1, 1]);
  assert.deepEqual([...live.closed().tradeCount], [1, 1, 2, 1]);
});

test("late trades may join the bar before, the bar after, or make a bar of their own", (t) => {
  const { add, watch } = stage(t);
  add(at(10, 0), at(14, 30), at(15, 60));
  const live = watch("1s");
  live.advance(START + 9 * SECOND);
  add(at(11, 8, { source: "rest" }), at(12, 15, { source: "rest" }), at(13, 30, { source: "rest" }));
  assert.equal(live.advance(START + 9 * SECOND).revisedUs, START);
  const bars = live.closed();
  assert.deepEqual([...bars.firstId], [10, 12, 13, 15]);
  assert.deepEqual([...bars.tradeCount], [2, 1, 2, 1]);
  assert.deepEqual([...bars.open], [10, 12, 13, 15]);
});

test("only `keep` closed bars are kept, however long it runs", (t) => {
  const { add, watch } = stage(t);
  add(at(1, 0));
  const live = watch("1s", { keep: 5 });
  for (let second = 1; second < 150; second++) {
    add(at(second + 1, 10 * second));
    live.advance(START + second * SECOND);
    assert.equal(live.closed().length, Math.min(5, second - 1));
  }
  assert.equal(live.closed().close.at(-1), 148);
});

test("a view begun later shows the same closed bars as one that was there all the time", (t) => {
  const { add, watch } = stage(t);
  const source = random(3);
  add(at(1, 0));
  const early = watch("1s", { keep: 20 });
  let tenth = 0;
  for (let id = 2; id < 800; id++) {
    tenth += Math.floor(source.uniform() * 3);
    add(at(id, tenth));
    if (id % 50 === 0) early.advance(START + tenth * 100_000);
  }
  const venueUs = START + tenth * 100_000 + 1;
  early.advance(venueUs);
  const late = watch("1s", { keep: 20 });
  late.advance(venueUs);
  const shared = late.closed().length;
  assertSameBars(sliceBars(early.closed(), -shared), late.closed());
});

for (const every of ["1s", "500ms", "7 trades", "1.3 volume"]) {
  test(`${every}: whatever comes late, in whatever order, live bars are the batch's, and revisedUs says where they changed`, (t) => {
    for (let seed = 1; seed <= 2; seed++) {
      const { add, reader, watch } = stage(t);
      const source = random(seed, 17);
      const series = reader.series()[0]!;
      let tenth = 0;
      const all = Array.from({ length: 300 }, (_, i) => {
        if (source.uniform() < 0.6) tenth += Math.floor(source.uniform() * 6);
        return at(i + 1000, tenth);
      });
      add(all[0]!);
      const live = watch(every, { graceUs: 300_000 });
      live.advance(START);
      const waiting = new Set<Trade>();
      let before = copy(live.closed());
      for (let i = 1; i < all.length || waiting.size > 0; ) {
        const fresh: Trade[] = [];
        for (let n = Math.floor(source.uniform() * 12); n > 0 && i < all.length; n--, i++) {
          // runs of trades are missed
          if (
            i < all.length - 1 &&
            (source.uniform() < 0.05 || (waiting.has(all[i - 1]!) && source.uniform() < 0.8))
          )
            waiting.add(all[i]!);
          else fresh.push(all[i]!);
        }
        add(...fresh);
        const filled = [...waiting].filter(() => source.uniform() < (i < all.length ? 0.1 : 0.5));
        for (const one of filled) waiting.delete(one);
        add(...filled.map((one): Trade => ({ ...one, source: "rest" })));

        const { revisedUs } = live.advance(all[Math.min(i, all.length) - 1]!.tradeTimeUs);
        const closed = live.closed();
        const same =
          revisedUs === undefined ? before.length : before.startUs.findIndex((us) => us >= revisedUs);
        assertSameBars(sliceBars(closed, 0, same), sliceBars(before, 0, same));
        // several bars by trades may start in one microsecond
        const differs = (i: number): boolean =>
          BAR_COLUMNS.some((name) => closed[name][i] !== before[name][i]);
        if (revisedUs !== undefined)
          assert.ok([...closed.startUs].some((us, i) => i >= same && us <= revisedUs && differs(i)));
        before = copy(closed);

        const batch = barsFromTrades(reader.trades(series), { ...series, every });
        assertSameBars(closed, sliceBars(batch, 0, closed.length));
        assertSameBars(live.forming(), sliceBars(batch, closed.length));
      }
      assert.ok(live.closed().complete.every((flag, i) => flag === 1 || i === 0));
    }
  });
}
