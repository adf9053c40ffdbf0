import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { rows } from "../../support/import.ts";
import { projectPython } from "../../support/project.ts";
import { descendants, type ProcessRow, type Started, start, stillAlive } from "../../support/started.ts";
import { tempFolder } from "../../support/temp.ts";

before(() => projectPython());

interface Server {
  readonly url: string;
  readonly token: string;
}

async function serverOf(started: Started): Promise<Server> {
  const [, url, token] = await started.printed(/JupyterLab: (http:\/\/127\.0\.0\.1:\d+)\/lab\?token=(\w+)/);
  return { url: url!, token: token! };
}

async function ask<T>({ url, token }: Server, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    headers: { authorization: `token ${token}` },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

const named = (rows: readonly ProcessRow[], part: string): ProcessRow[] =>
  rows.filter(({ args }) => args.includes(part));

/** Starts a kernel and waits until it runs. */
async function runningKernel(started: Started, server: Server): Promise<ProcessRow> {
  await ask(server, "/api/kernels", { name: "tickbook" });
  for (;;) {
    const [kernel] = named(descendants(started.pid), join("src", "kernel", "main.js"));
    if (kernel !== undefined) return kernel;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the kernel has started: one that is just starting does not look for its server yet. */
async function kernelAnswers(server: Server): Promise<void> {
  const [{ id }] = (await ask<{ id: string }[]>(server, "/api/kernels")) as [{ id: string }];
  const address = `${server.url.replace("http", "ws")}/api/kernels/${id}/channels?token=${server.token}`;
  const socket = new WebSocket(address);
  for (;;) {
    const [kernel] = await ask<{ execution_state: string }[]>(server, "/api/kernels");
    if (kernel!.execution_state === "idle") return socket.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A start on the simulated market with a database and a home of its own. */
function startSim(t: TestContext): { started: Started; db: string; home: string } {
  const folder = tempFolder(t);
  const home = tempFolder(t);
  const db = join(folder, "sim.db");
  return { started: start(t, [...flagsOf(db), "--no-browser"], { HOME: home }), db, home };
}

const flagsOf = (db: string): string[] => ["--venue", "sim", "--symbols", "BTCUSDT", "--db", db];

test("npm start brings up a collector and a JupyterLab of its own, and Ctrl-C ends it all", async (t) => {
  const { started, db, home } = startSim(t);
  const server = await serverOf(started);

  await t.test("JupyterLab wants its token, and listens on this machine's own address only", async () => {
    assert.equal((await fetch(`${server.url}/api/contents`)).status, 403);
    assert.ok(
      (await ask<{ content: { name: string }[] }>(server, "/api/contents")).content.some(
        ({ name }) => name === "notebooks",
      ),
    );
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((at) => at && !at.internal && at.family === "IPv4");
    for (const other of others) {
      await assert.rejects(fetch(server.url.replace("127.0.0.1", other!.address)), other!.address);
    }
  });

  await t.test("the project's kernel is the only one, and knows which trades to look at", async () => {
    const specs = await ask<{ default: string; kernelspecs: Record<string, unknown> }>(
      server,
      "/api/kernelspecs",
    );
    assert.deepEqual([specs.default, Object.keys(specs.kernelspecs)], ["tickbook", ["tickbook"]]);
    const { pid } = await runningKernel(started, server);
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    assert.ok(environment.includes(`TICKBOOK_DB=${db}`));
  });

  await t.test("a collector that is killed is started again, and it is said", async () => {
    const from = started.output().length;
    const [first] = named(descendants(started.pid), "collector.js");
    process.kill(first!.pid, "SIGKILL");
    await started.printed(/Collector: ended with SIGKILL; starting it again in 1 s/, from);
    await started.printed(/Collector: live: trades of BTCUSDT arrive/, from);
    const collectors = named(descendants(started.pid), "collector.js");
    assert.equal(collectors.length, 1);
    assert.notEqual(collectors[0]!.pid, first!.pid);
  });

  await t.test("alerts are watched beside it, and a watch that is killed is started again", async () => {
    await started.printed(/Watching 3 alerts of 3 rules at sim-seed7, SIMULATED · seed 7/);
    const from = started.output().length;
    const [first] = named(descendants(started.pid), "watch.js");
    process.kill(first!.pid, "SIGKILL");
    await started.printed(/Alerts: ended with SIGKILL; starting again in 1 s/, from);
    await started.printed(/Watching 3 alerts/, from);
    assert.ok(existsSync(join(dirname(db), "alerts.db")));
  });

  await t.test(
    "a second start on its database opens the desk that runs already, and the first goes on",
    async () => {
      const { code, output } = await start(t, [...flagsOf(db), "--no-browser"], { HOME: home }).ended;
      assert.equal(code, 0);
      assert.match(
        output,
        /A desk on .*sim\.db runs already; to start it with other flags, end that one first\./,
      );
      assert.ok(output.includes(`JupyterLab: ${server.url}/lab?token=${server.token}`));
      assert.ok(await ask(server, "/api/status"), "the first still answers");
    },
  );

  await t.test("Ctrl-C ends collector, exchange, JupyterLab and kernels, with exit code 0", async () => {
    const all = descendants(started.pid);
    for (const part of ["start.js", "collector.js", "exchange.js", "watch.js", "lab.py", "kernel"]) {
      assert.equal(named(all, part).length > 0, true, part);
    }
    started.kill("SIGINT");
    const { code, output } = await started.ended;
    assert.equal(code, 0, output);
    assert.match(output, /Stopping\n.*Collector: stopped: \d+ trades stored/s);
    assert.deepEqual(await stillAlive(all, 2000), []);
  });

  await t.test("nothing was written into the user's home, and the database is closed", () => {
    assert.deepEqual(readdirSync(home), []);
    assert.ok(existsSync(db));
    assert.ok(!existsSync(`${db}-wal`));
  });

  await t.test(
    "a start on its database, once it has ended, is a desk of its own; it leaves nothing running when it is killed",
    async () => {
      const again = start(t, [...flagsOf(db), "--no-browser"], { HOME: home });
      const other = await serverOf(again);
      assert.notEqual(other.token, server.token);
      await nothingLeft(again, other, "run.mjs");
    },
  );
});

/** One of the two is killed, a kernel running, and takes everything with it. */
async function nothingLeft(started: Started, server: Server, part: "run.mjs" | "start.js"): Promise<void> {
  await runningKernel(started, server);
  const all = descendants(started.pid);
  const victim = part === "run.mjs" ? started.pid : named(all, part)[0]!.pid;
  process.kill(victim, "SIGKILL");
  assert.deepEqual(await stillAlive(all, 15_000), []);
}

test("nothing is left running when start.js is killed", async (t) => {
  const { started } = startSim(t);
  await nothingLeft(started, await serverOf(started), "start.js");
});

test("npm start works on when what it prints is read no longer, and ends in order", async (t) => {
  const { started, db } = startSim(t);
  const server = await serverOf(started);
  started.stopReading();
  assert.ok(await ask(server, "/api/status"));
  const all = descendants(started.pid);
  process.kill(named(all, "collector.js")[0]!.pid, "SIGKILL");
  const trades = (): number => Number(rows(db, "SELECT count(*) FROM trades"));
  const before = trades();
  while (trades() === before) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(await ask(server, "/api/status"));
  started.kill("SIGINT");
  assert.equal((await started.ended).code, 0);
  assert.deepEqual(await stillAlive(all, 2000), []);
  assert.ok(existsSync(db) && !existsSync(`${db}-wal`));
});

test("a second Ctrl-C ends everything at once", async (t) => {
  const { started } = startSim(t);
  const server = await serverOf(started);
  await runningKernel(started, server);
  await kernelAnswers(server);
  const all = descendants(started.pid);
  const [collector] = named(all, "collector.js");
  process.kill(collector!.pid, "SIGSTOP");
  started.kill("SIGINT");
  await started.printed(/Stopping/);
  await new Promise((resolve) => setTimeout(resolve, 400));
  started.kill("SIGINT");
  assert.equal((await started.ended).code, 130);
  assert.deepEqual(await stillAlive(all, 3000), []);
});

test("without the internet it says so, and goes on with the built-in exchange", async (t) => {
  const offline = join(tempFolder(t), "offline.mjs");
  writeFileSync(
    offline,
    `import dns from "node:dns";
const lookup = dns.lookup;
dns.lookup = (host, options, done) =>
  /^127\\./.test(host) ? lookup(host, options, done) : done(Object.assign(new Error("no network"), { code: "ENOTFOUND" }));
`,
  );
  const started = start(t, ["--no-browser", "--db", join(tempFolder(t), "real.db")], {
    NODE_OPTIONS: `--import ${pathToFileURL(offline).href}`,
  });
  await started.printed(/needs an exchange that answers; .*ENOTFOUND/);
  await started.printed(/Binance can't be reached from here: going on with the built-in exchange/);
  await started.printed(/Starting the collector: BTCUSDT,ETHUSDT,\S+ from sim into .*sim\.db/);
  await started.printed(/collecting BTCUSDT, ETHUSDT, .* from SIMULATED/);
  started.kill("SIGTERM");
  assert.equal((await started.ended).code, 0);
});

test("a refusal of the collector ends it with that sentence", async (t) => {
  const { code, output } = await start(t, [
    "--venue",
    "sim",
    "--symbols",
    "btcusdt",
    "--no-browser",
    "--db",
    join(tempFolder(t), "x.db"),
  ]).ended;
  assert.equal(code, 2);
  assert.match(output, /needs symbols as the exchange writes them.*got "btcusdt"/);
  assert.doesNotMatch(output, /JupyterLab/);
});

test("an exchange that was named and can't be reached is not replaced", async (t) => {
  const port = await closedPort();
  const address = ["--ws-url", `ws://127.0.0.1:${port}`, "--rest-url", `http://127.0.0.1:${port}`];
  const { code, output } = await start(t, [...address, "--no-browser", "--db", join(tempFolder(t), "x.db")])
    .ended;
  assert.equal(code, 3);
  assert.match(output, /needs an exchange that answers; http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  assert.doesNotMatch(output, /going on with/);
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

test("JupyterLab shut down from its own menu ends the start", async (t) => {
  const { started } = startSim(t);
  const server = await serverOf(started);
  const all = descendants(started.pid);
  await fetch(`${server.url}/api/shutdown`, {
    method: "POST",
    headers: { authorization: `token ${server.token}` },
  });
  const { code, output } = await started.ended;
  assert.equal(code, 0, output);
  assert.match(output, /JupyterLab was shut down\./);
  assert.deepEqual(await stillAlive(all, 2000), []);
});
