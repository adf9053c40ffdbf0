import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import { startDesk } from "../support/desk.ts";
import { printedIn, startKernel } from "../support/kernel.ts";
import { storeMarket } from "../support/market-store.ts";
import { tempFolder } from "../support/temp.ts";

const desk = await startDesk();
const nowUs = (): number => Date.now() * 1000;
const USER = { user: "default", password: "" };

test("a notebook's cells read a desk, a panel there stays live, and a read that hangs is stopped like any other", async (t) => {
  const db = join(tempFolder(t), "x.db");
  storeMarket(db, { seconds: 120 });
  const relay = await openRelay({ db, to: desk.url(), user: USER, nowUs });
  t.after(() => relay.close());
  await relay.pass();
  const kernel = await startKernel({ env: { TICKBOOK_DB: desk.url() } });
  t.after(() => kernel.stop());
  const first = await kernel.run(
    'import { openStore, pairCloses } from "tickbook"; const store = openStore(); const [series] = store.series();' +
      'console.log(store.label, store.trades(series).length); const pair = pairCloses({ y: "ETHUSDT", x: "BTCUSDT", interval: "1s" }); console.log(pair.length);',
  );
  const shelf = openStore(desk.url());
  t.after(() => shelf.close());
  const length = shelf.trades(shelf.series()[0]!).length;
  assert.match(printedIn(first.messages, 0), new RegExp(`^${desk.url()} ${length}\n\\d+\n$`));

  await kernel.run(
    'import { live } from "tickbook"; live("held", () => "held " + store.trades(series).length, { refreshMs: 200 });',
  );
  storeMarket(db, { seconds: 30, fromUs: Date.UTC(2025, 0, 9, 9, 2) * 1000 });
  await relay.pass();
  const now = shelf.trades(shelf.series()[0]!).length;
  assert.ok(now > length);
  const isShown = async (): Promise<boolean> =>
    JSON.stringify(await kernel.listen(1)).includes(`held ${now}`);
  for (let seconds = 0; !(await isShown()); seconds++)
    assert.ok(seconds < 60, "the panel shows what has come since");

  await kernel.run('import { stopLive } from "tickbook"; stopLive();');
  t.after(() => desk.faults({ holdMs: 0 }));
  await desk.faults({ holdMs: 120_000 });
  const hung = await kernel.run("store.trades(series).length", { interruptAfter: 1, timeout: 90 });
  assert.equal(hung.reply.status, "error");
  assert.ok(hung.seconds < 60, `${hung.seconds} s`);
  await desk.faults({ holdMs: 0 });
  // the same store goes on, and sees what has come since
  storeMarket(db, { seconds: 30, fromUs: Date.UTC(2025, 0, 9, 9, 3) * 1000 });
  await relay.pass();
  const later = shelf.trades(shelf.series()[0]!).length;
  assert.ok(later > now);
  const after = await kernel.run("console.log(store.trades(series).length)");
  assert.equal(printedIn(after.messages, after.messages.at(-1)!.run!), `${later}\n`);
});

for (const where of ["database", "desk"] as const) {
  test(`a store of a ${where} that was opened in a cell which was stopped is read by later cells as it is then`, async (t) => {
    const db = join(tempFolder(t), "x.db");
    storeMarket(db, { seconds: 60 });
    const relay = await openRelay({ db, to: desk.url(`stopped_${where}`), user: USER, nowUs });
    t.after(() => relay.close());
    await relay.pass();
    const source = where === "desk" ? desk.url(`stopped_${where}`) : db;
    const kernel = await startKernel({ env: { TICKBOOK_DB: source } });
    t.after(() => kernel.stop());
    await kernel.run('import { openStore } from "tickbook"; let store;');
    const stopped = await kernel.run(
      "store = openStore(); store.atOneTime(() => { store.trades(store.series()[0]); while (true); });",
      { interruptAfter: 2, timeout: 20 },
    );
    assert.equal(stopped.reply.status, "error");
    storeMarket(db, { seconds: 30, fromUs: Date.UTC(2025, 0, 9, 9, 1) * 1000 });
    await relay.pass();
    const now = openStore(source);
    t.after(() => now.close());
    const { length } = now.trades(now.series()[0]!);
    const after = await kernel.run("console.log(store.trades(store.series()[0]).length)");
    assert.equal(printedIn(after.messages, after.messages.at(-1)!.run!), `${length}\n`);
    assert.ok(after.seconds < 10, `${after.seconds} s`);
  });
}
