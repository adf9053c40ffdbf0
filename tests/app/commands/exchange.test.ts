import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { exchangeClient } from "../../support/exchange-client.ts";
import { write } from "../../support/stored.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, T0, trade } from "../../support/trades.ts";

const PROGRAM = fileURLToPath(new URL("../../../scripts/exchange.ts", import.meta.url));

interface Started {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly listening: {
    event: string;
    port: number;
    wsUrl: string;
    restUrl: string;
    venue: { name: string };
  };
}

async function start(t: TestContext, flags: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, lines, listening: JSON.parse((await lines.next()).value as string) };
}

async function refused(flags: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr!.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  const [code] = await once(child, "close");
  assert.equal(code, 2);
  assert.match(text, /^[^\n]+\n$/);
  return text;
}

test("it says where it listens, streams, and ends with exit code 0 on SIGTERM", async (t) => {
  const { child, listening } = await start(t, ["--seed", "3"]);
  assert.equal(listening.event, "listening");
  assert.equal(listening.wsUrl, `ws://127.0.0.1:${listening.port}`);
  assert.equal(listening.restUrl, `http://127.0.0.1:${listening.port}`);
  assert.equal(listening.venue.name, "sim-seed3");
  const client = await exchangeClient(`${listening.wsUrl}/ws/btcusdt@trade/ethusdt@trade`);
  await client.until(1);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  await client.closed;
});

test("a tape at full speed is played to its end, which is said", async (t) => {
  const tape = join(tempFolder(t), "spot_BTCUSDT_trades.csv");
  const header = "trade_id,price,qty,trade_time_ms,event_time_ms,is_buyer_maker";
  writeFileSync(
    tape,
    `${header}\n1,10,1,1723161255000,1723161255001,true\n2,10,1,1723161256000,1723161256001,true\n`,
  );
  const { lines, listening } = await start(t, ["--tape", tape, "--speed", "max"]);
  const client = await exchangeClient(`${listening.wsUrl}/stream?streams=btcusdt@trade`);
  await client.until(2);
  assert.deepEqual(JSON.parse((await lines.next()).value as string), { event: "tape-ended" });
});

test("it ends when the program that started it is gone", async (t) => {
  const forked = fork(PROGRAM, ["--exit-with-parent"], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  t.after(() => forked.kill("SIGKILL"));
  await once(forked.stdout!, "data");
  forked.disconnect();
  assert.deepEqual(await once(forked, "exit"), [0, null]);

  const piped = spawn(process.execPath, [PROGRAM, "--exit-with-parent"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => piped.kill("SIGKILL"));
  await once(piped.stdout!, "data");
  piped.stdin!.end();
  assert.deepEqual(await once(piped, "exit"), [0, null]);
});

test("a signal ends it, also while its parent and clients are there", async (t) => {
  const forked = fork(PROGRAM, ["--exit-with-parent"], { stdio: ["pipe", "pipe", "inherit", "ipc"] });
  t.after(() => forked.kill("SIGKILL"));
  const [line] = await once(forked.stdout!, "data");
  const client = await exchangeClient(`${JSON.parse(`${line}`).wsUrl}/ws/btcusdt@trade`);
  forked.kill("SIGINT");
  assert.deepEqual(await once(forked, "exit"), [0, null]);
  assert.equal((await client.closed).code, 1006);
});

test("its help names the symbols of the simulated market", () => {
  const help = execFileSync(process.execPath, [PROGRAM, "--help"], { encoding: "utf8" });
  const symbols = simulatedMarket(7).symbols.map(({ symbol }) => symbol);
  assert.ok(help.includes(` of ${symbols.join(", ")}:`), help);
});

test("a plan that is wrong is refused with all that is wrong, before anything listens", async (t) => {
  const plan = join(tempFolder(t), "plan.json");
  writeFileSync(plan, '{"faults":[{"at":"message","fault":"no"},{"at":"rest","fault":"hang","every":-1}]}');
  const said = await refused(["--plan", plan]);
  assert.match(said, /plan\.json: faults\[0\]\.fault must be one of drop, .* · faults\[1\]\.every must be/);
  assert.match(
    await refused(["--plan", "/no/plan.json"]),
    /^\/no\/plan\.json: must be a file of at most 4 MB that can be read; got ENOENT/,
  );
  assert.match(
    await refused(["--plan", "/dev/zero"]),
    /^\/dev\/zero: must be a file of at most 4 MB that can be read; got something else/,
  );
});

test("wrong flags are refused in one sentence with exit code 2", async () => {
  const says = await Promise.all([
    refused(["--speed", "0"]),
    refused(["--port", "70000"]),
    refused(["--seed", "x"]),
    refused(["--tape", "/no/such/tape"]),
    refused(["--seed", "1", "--tape", "x"]),
    refused(["--nonsense"]),
  ]);
  assert.match(says[0]!, /^--speed: needs a number above 0, up to 100000, or max; got "0"\. Pass/);
  assert.match(says[1]!, /^--port: needs a whole number from 0 to 65535; got "70000"/);
  assert.match(says[2]!, /^--seed: needs a whole number/);
  assert.match(says[3]!, /^\/no\/such\/tape: must be a file or a folder; got a path where nothing is\./);
  assert.match(says[4]!, /^--tape: needs no --seed/);
  assert.match(says[5]!, /--nonsense/);
});

test("a stored tape that turns out to be damaged while it is played ends with a sentence", async (t) => {
  const db = join(tempFolder(t), "x.db");
  write(db, (writer) => {
    for (let id = 1; id < 60_000; id += 20_000)
      writer.append(batchOf(Array.from({ length: 20_000 }, (_, i) => trade(id + i))), T0);
  });
  const child = spawn(process.execPath, [PROGRAM, "--tape", db, "--speed", "max"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
  const { wsUrl, symbols } = JSON.parse(line) as { wsUrl: string; symbols: string[] };
  assert.deepEqual(symbols, ["BTCUSDT"]);
  truncateSync(db, 65_536);
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await exchangeClient(`${wsUrl}/ws/btcusdt@trade`);
  assert.deepEqual(await once(child, "close"), [2, null]);
  assert.match(
    said,
    /^[^\n]*x\.db: needs to be readable to the end of the window; [^\n]+ See npm run doctor[^\n]+\n$/,
  );
});
