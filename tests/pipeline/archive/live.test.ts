import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import type { Trade } from "../../../src/core/trade.ts";
import { archive } from "../../../src/pipeline/archive/archive.ts";
import { openHistory } from "../../../src/pipeline/archive/history.ts";
import { barsFromTrades } from "../../../src/pipeline/bars/from-trades.ts";
import { barRule } from "../../../src/pipeline/bars/rule.ts";
import { liveBars } from "../../../src/pipeline/live-bars.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { FIRST_DAY_US, fewDays, SYMBOLS, VENUE } from "../../support/archive.ts";
import { assertSameBars } from "../../support/same-bars.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf } from "../../support/trades.ts";

for (const [seed, every] of ["1h", "10m", "7 trades", "3 volume"].entries()) {
  test(`${every}: live bars are the batch's, whatever comes late and whatever is archived under them`, (t) => {
    const draw = random(seed + 1);
    const db = join(tempFolder(t), "x.db");
    const trades = fewDays(300, seed + 1).filter(({ symbol }) => symbol === "BTCUSDT");
    const waiting = trades.map((trade) => ({ trade, at: trade.id + (draw.uniform() < 0.1 ? 60 : 0) }));
    waiting.sort((a, b) => a.at - b.at);
    const write = (batch: readonly Trade[]): void => {
      const writer = openWriter(db, { venue: VENUE, symbols: SYMBOLS });
      writer.append(batchOf(batch, SYMBOLS), 1);
      writer.close();
    };
    write([trades[0]!]);
    const history = openHistory(db);
    t.after(() => history.close());
    const series = history.series()[0]!;
    const rule = barRule(every);
    const view = liveBars(history, series, { rule, keep: 1e5, graceUs: 0, fromUs: FIRST_DAY_US });
    while (waiting.length > 0) {
      write(waiting.splice(0, 1 + Math.floor(draw.uniform() * 80)).map(({ trade }) => trade));
      if (draw.uniform() < 0.4) archive({ db, partRows: 60, nowUs: 1 });
      if (draw.uniform() < 0.7) view.advance(history.newest(series)!.timeUs);
    }
    view.advance(Number.POSITIVE_INFINITY);
    const batch = barsFromTrades(history.trades(series), { ...series, every });
    const closed = view.closed();
    assert.equal(closed.length + view.forming().length, batch.length);
    assertSameBars(closed, { ...batch, length: closed.length });
  });
}
