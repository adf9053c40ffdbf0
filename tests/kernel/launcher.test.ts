import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Dealer, Subscriber } from "zeromq";
import { loadTslab } from "../../src/kernel/tslab.ts";
import { readMessage, writeMessage } from "../../src/kernel/wire.ts";
import { startKernel } from "../support/kernel.ts";
import { processesNaming, until } from "../support/processes.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const main = join(projectRoot, "src", "kernel", "main.ts");

const channels = ["shell", "iopub", "control", "stdin", "hb"] as const;
type Channel = (typeof channels)[number];

async function listening(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** A kernel without Jupyter, whose ports are free but the one of `taken`. */
async function bareKernel(t: TestContext, taken?: Channel) {
  const servers = await Promise.all(channels.map(listening));
  const ports = Object.fromEntries(
    channels.map((channel, i) => [`${channel}_port`, (servers[i]!.address() as AddressInfo).port]),
  );
  for (const [i, server] of servers.entries()) if (channels[i] !== taken) server.close();
  t.after(() => servers.map((server) => server.close()));
  const file = join(tempFolder(t), "connection.json");
  writeFileSync(file, JSON.stringify({ transport: "tcp", ip: "127.0.0.1", key: "key", ...ports }));
  const child = spawn(process.execPath, [main, "--connection-file", file], {
    env: { ...process.env, JPY_PARENT_PID: String(process.pid) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, said }));
  return { ended, port: (channel: Channel) => ports[`${channel}_port`]! };
}

describe("the kernel's launcher", { timeout: 60_000 }, () => {
  it("loads the pinned tslab and refuses every other in one sentence", (t) => {
    assert.equal(typeof loadTslab().createExecutor, "function");
    const folder = tempFolder(t);
    mkdirSync(join(folder, "node_modules", "tslab"), { recursive: true });
    writeFileSync(join(folder, "node_modules", "tslab", "package.json"), `{ "version": "2.0.0" }`);
    assert.throws(() => loadTslab(join(folder, "x.js")), {
      code: "tslab-version",
      message: "tickbook kernel: tslab 1.0.22 is needed; found 2.0.0. Run npm ci in the project's folder.",
    });
  });

  it("says in one line what it needs when it is started by hand, or with a file that is not there", () => {
    const bare = spawnSync(process.execPath, [main], { encoding: "utf8" });
    assert.equal(bare.status, 1);
    assert.equal(
      bare.stderr,
      "tickbook kernel: --connection-file PATH is needed; none came. Jupyter starts this program; run npm start to open the notebooks.\n",
    );
    const lost = spawnSync(process.execPath, [main, "--connection-file", "/nowhere.json"], {
      encoding: "utf8",
    });
    assert.equal(lost.status, 1);
    assert.match(lost.stderr, /^tickbook kernel: the connection file \/nowhere\.json cannot be read.*\n$/);
  });

  it("ends by itself when the server that started it was killed", async () => {
    const kernel = await startKernel();
    assert.equal(processesNaming(kernel.home).length, 2);
    await kernel.killParent();
    await until(() => processesNaming(kernel.home).length === 0, "the kernel ends");
    await kernel.stop();
  });

  it("ends by itself while a cell loops, when the server was killed", async () => {
    const kernel = await startKernel();
    void kernel.run("while (true) {}").catch(() => {});
    await kernel.killParent();
    await until(() => processesNaming(kernel.home).length === 0, "the kernel ends");
    await kernel.stop();
  });

  for (const channel of ["shell", "hb"] as const) {
    it(`names the port of ${channel} that another program holds, and ends with a plain code`, async (t) => {
      const { ended, port } = await bareKernel(t, channel);
      const { code, signal, said } = await ended;
      assert.deepEqual([code, signal], [1, null], said);
      assert.equal(
        said,
        `tickbook kernel: port ${port(channel)} of 127.0.0.1 is needed for Jupyter's channel ${channel}; it cannot be opened (Address already in use). Another program may have taken it. JupyterLab starts the kernel again on other ports; where it does not, shut the kernel down and start it again.\n`,
      );
    });
  }

  it("ends with code 0 and without a word when it is told to, while a cell prints and waits", async (t) => {
    const { ended, port } = await bareKernel(t);
    const at = (channel: Channel): string => `tcp://127.0.0.1:${port(channel)}`;
    const [iopub, shell, control] = [new Subscriber(), new Dealer(), new Dealer()];
    t.after(() => [iopub, shell, control].map((socket) => socket.close()));
    iopub.connect(at("iopub"));
    iopub.subscribe();
    shell.connect(at("shell"));
    control.connect(at("control"));
    const ask = (type: string, content: Record<string, unknown>): (Buffer | string)[] =>
      writeMessage("key", { type, session: "test", content }) as (Buffer | string)[];
    const code = "setInterval(() => console.log('tick'), 1); await prompt('?');";
    await shell.send(ask("execute_request", { code, allow_stdin: false }));
    for await (const frames of iopub)
      if (readMessage("key", frames as Buffer[])?.header.msg_type === "stream") break;
    await control.send(ask("shutdown_request", { restart: false }));
    assert.deepEqual(await ended, { code: 0, signal: null, said: "" });
  });
});
