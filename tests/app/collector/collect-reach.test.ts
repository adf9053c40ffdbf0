import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import Database from "better-sqlite3";
import { type Line, startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { startExchangeProcess } from "../../support/exchange.ts";
import { type Front, startFront } from "../../support/front.ts";
import { tempFolder } from "../../support/temp.ts";

const TIMEOUT = { timeout: 90_000 };

async function front(t: TestContext): Promise<Front> {
  return startFront(t, await startExchangeProcess(t, ["--seed", "7", "--port", "0"]));
}

async function stop(collector: ReturnType<typeof startCollectorProcess>): Promise<void> {
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());
}

const unknown = { status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' };

// row 99
test(
  "what answers at another address and does not name itself needs a name, and is never the real exchange",
  TIMEOUT,
  async (t) => {
    const { flags } = await front(t);
    const db = join(tempFolder(t), "x.db");
    const nameless = startCollectorProcess(t, [...flags, "--db", db]);
    assert.equal(await nameless.ended, 2);
    assert.match(
      nameless.stderr(),
      /^--venue-name: needs a name for the series: what answers at http:\/\/127\.0\.0\.1:\d+ does not say which exchange it is, .*Pass for example --venue-name my-exchange;.*\n$/,
    );
    for (const name of ["binance", "Mine", "a b", ""]) {
      const refused = startCollectorProcess(t, [...flags, "--db", db, "--venue-name", name]);
      assert.equal(await refused.ended, 2, name);
      assert.match(refused.stderr(), /^--venue-name: needs [^\n]*\n$/);
    }
    const named = startCollectorProcess(t, [...flags, "--db", db, "--venue-name", "my-exchange"]);
    const started = await named.until(({ event }) => event === "started");
    assert.match(String(started.message), /from OTHER · 127\.0\.0\.1:\d+, named by its user into/);
    await named.until(storedAtLeast("BTCUSDT", 1));
    await stop(named);
    const file = new Database(db, { readonly: true });
    t.after(() => file.close());
    assert.deepEqual(file.prepare("SELECT name, kind FROM venues").raw().all(), [["my-exchange", "other"]]);
  },
);

// row 100
test(
  "a symbol that is no longer listed stops none of the others, and one that was never held is refused",
  TIMEOUT,
  async (t) => {
    const exchange = await front(t);
    const db = join(tempFolder(t), "x.db");
    const flags = [...exchange.flags, "--db", db, "--venue-name", "test", "--symbols", "BTCUSDT,ETHUSDT"];
    const first = startCollectorProcess(t, flags);
    await first.until(storedAtLeast("ETHUSDT", 1));
    await stop(first);
    exchange.answer = (path) => (/exchangeInfo/.test(path) && /ETHUSDT/.test(path) ? unknown : undefined);
    const second = startCollectorProcess(t, flags);
    const warned = await second.until(({ event }) => event === "symbol-status");
    assert.match(
      String(warned.message),
      /^ETHUSDT is not listed by the exchange any more: its trades are kept/,
    );
    await second.until(storedAtLeast("BTCUSDT", 1));
    // it came back
    await second.until(storedAtLeast("ETHUSDT", 1));
    await stop(second);
    exchange.answer = (path) => (/exchangeInfo/.test(path) && /NEWUSDT/.test(path) ? unknown : undefined);
    const typo = startCollectorProcess(t, [...flags.slice(0, -1), "BTCUSDT,NEWUSDT"]);
    assert.equal(await typo.ended, 2);
    assert.match(typo.stderr(), /it does not know "NEWUSDT"/);
  },
);

// row 101
test(
  "while REST refuses at the start the stream is stored, the words say so, and what was missed is filled later",
  TIMEOUT,
  async (t) => {
    const exchange = await front(t);
    const db = join(tempFolder(t), "x.db");
    const flags = [...exchange.flags, "--db", db, "--venue-name", "test"];
    let banned = true;
    exchange.answer = () =>
      banned
        ? { status: 418, body: '{"code":-1003,"msg":"banned"}', headers: { "retry-after": "5" } }
        : undefined;
    const collector = startCollectorProcess(t, flags);
    const said = await collector.until(({ event }) => event === "unreachable");
    assert.match(
      String(said.message),
      /HTTP 418.*The stream is opened all the same, and REST is asked again\.$/,
    );
    await collector.until(storedAtLeast("BTCUSDT", 5));
    banned = false;
    const asked = exchange.asked.length;
    await collector.until(
      ({ event }: Line) =>
        event === "status" && exchange.asked.slice(asked).some((p) => /exchangeInfo/.test(p)),
    );
    await stop(collector);
  },
);
