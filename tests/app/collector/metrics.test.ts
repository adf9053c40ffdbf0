import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { metricsText } from "../../../src/app/collector/metrics/metrics-text.ts";
import { startCollectorProcess, storedAtLeast } from "../../support/collector.ts";
import { startExchangeProcess } from "../../support/exchange.ts";
import { tempFolder } from "../../support/temp.ts";

const TIMEOUT = { timeout: 90_000 };

interface Answer {
  readonly status: number;
  readonly body: string;
}

function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
      let body = "";
      response.on("data", (data) => {
        body += data;
      });
      response.on("end", () => resolve({ status: response.statusCode!, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** The value of a line of metrics. */
function metric(text: string, line: string): number {
  const found = text.split("\n").find((one) => one.startsWith(`${line} `));
  return found === undefined ? Number.NaN : Number(found.slice(line.length + 1));
}

test(
  "a collector answers /metrics, /healthz and /readyz on this machine when asked, and its health is the doctor's",
  TIMEOUT,
  async (t) => {
    const exchange = await startExchangeProcess(t, ["--seed", "7", "--port", "0"]);
    const db = join(tempFolder(t), "x.db");
    const collector = startCollectorProcess(t, [...exchange.flags, "--db", db, "--metrics-port", "0"]);
    const { metricsPort } = (await collector.until(({ event }) => event === "started")) as {
      metricsPort?: number;
    };
    const port = metricsPort!;
    await collector.until(storedAtLeast("BTCUSDT", 20));
    const { status, body } = await get(port, "/metrics");
    assert.equal(status, 200);
    assert.ok(metric(body, 'tickbook_trades_stored_total{venue="sim-seed7",symbol="BTCUSDT"}') >= 20);
    assert.equal(metric(body, "tickbook_connected"), 1);
    assert.equal(metric(body, "tickbook_storing"), 1);
    assert.ok(metric(body, "tickbook_disk_free_bytes") > 0);
    assert.ok(metric(body, "tickbook_wal_bytes") >= 0);
    const last = metric(body, 'tickbook_last_trade_timestamp_seconds{venue="sim-seed7",symbol="BTCUSDT"}');
    assert.ok(Math.abs(last - Date.now() / 1000) < 30);
    assert.deepEqual(await get(port, "/readyz"), { status: 200, body: "ready\n" });
    const health = await get(port, "/healthz");
    assert.equal(health.status, 200, health.body);
    assert.equal(JSON.parse(health.body).exitCode, 0);
    assert.equal((await get(port, "/")).status, 404);
    assert.equal((await get(port, "/metrics", {}, "POST")).status, 405);
    assert.equal((await get(port, "/metrics", { host: "evil.example:80" })).status, 403);

    await exchange.stop();
    await collector.until(({ event }) => event === "disconnected");
    const ready = await get(port, "/readyz");
    assert.equal(ready.status, 503);
    assert.match(ready.body, /^no connection to the exchange: /);
    collector.child.kill("SIGTERM");
    assert.equal(await collector.ended, 0, collector.stderr());
    assert.doesNotMatch(collector.stderr(), /\w/);
  },
);

test(
  "nothing listens unless asked, and another address than this machine's needs a token",
  TIMEOUT,
  async (t) => {
    const exchange = await startExchangeProcess(t, ["--seed", "7", "--port", "0"]);
    const db = join(tempFolder(t), "x.db");
    const silent = startCollectorProcess(t, [...exchange.flags, "--db", db]);
    await silent.until(storedAtLeast("BTCUSDT", 1));
    silent.child.kill("SIGUSR1");
    await silent.until(storedAtLeast("BTCUSDT", 5));
    let listening = "";
    try {
      listening = execFileSync("ss", ["-ltnp"], { encoding: "utf8" });
    } catch {
      console.warn("SKIPPED: ss is not here; that nothing listens was not looked at.");
    }
    assert.ok(!listening.includes(`pid=${silent.child.pid},`), listening);
    silent.child.kill("SIGTERM");
    await silent.ended;
    const open = startCollectorProcess(t, [
      ...[...exchange.flags, "--db", db],
      ...["--metrics-port", "0", "--metrics-bind", "0.0.0.0"],
    ]);
    assert.equal(await open.ended, 2);
    assert.match(
      open.stderr(),
      /^--metrics-bind: needs a token of 16 letters or more in TICKBOOK_METRICS_TOKEN/,
    );
  },
);

test("metrics are Prometheus' text: every family with help and type, labels escaped, what is not known left out", () => {
  const symbol = {
    stored: 5,
    duplicates: 0,
    conflicts: 0,
    regressed: 1,
    anew: 2,
    missing: 3,
    rate: 0,
    lastReceivedUs: Number.NaN,
    lagMs: Number.NaN,
  };
  const text = metricsText(
    {
      venue: { name: "sim", kind: "simulated", detail: "" },
      feed: { kind: "waiting", shards: [], attemptsLeft: 1, quiet: [] },
      pending: 7,
      rejected: 0,
      commitMs: { p50: Number.NaN, p99: Number.NaN },
      blocked: "disk full",
      backfill: { active: false, waitingUntilUs: null, reason: "", openHoles: 1, missing: 3 },
      symbols: { 'A"\\\nB': symbol },
    },
    { freeBytes: 1e9, databaseBytes: 5, walBytes: 6 },
    { exitCode: 1, findings: [], holes: { filled: 9, detected: 1 }, checkedUs: 0 },
  );
  assert.match(text, /^tickbook_trades_refused_total\{venue="sim",symbol="A\\"\\\\\\nB"\} 3$/m);
  assert.match(text, /^tickbook_holes\{state="filled"\} 9$/m);
  assert.match(text, /^tickbook_storing 0$/m);
  assert.match(text, /^tickbook_healthy 0$/m);
  assert.doesNotMatch(text, /NaN|tickbook_lag_seconds|tickbook_commit_seconds/);
  const family = /^# HELP (\S+) \S.*\n# TYPE \1 (counter|gauge)\n(\1(\{.*\})? -?[\d.e+]+\n)+/;
  for (let rest = text; rest !== ""; ) {
    const [found] = family.exec(rest) ?? [];
    assert.ok(found !== undefined, rest.slice(0, 200));
    rest = rest.slice(found.length);
  }
});
