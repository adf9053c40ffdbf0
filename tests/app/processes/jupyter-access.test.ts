import assert from "node:assert/strict";
import { get, type IncomingHttpHeaders, request } from "node:http";
import { join } from "node:path";
import { before, test } from "node:test";
import { WebSocket } from "ws";
import { startJupyter } from "../../../src/app/processes/jupyter.ts";
import { choosePort } from "../../../src/app/processes/ports.ts";
import { projectPython, projectRoot } from "../../support/project.ts";

before(() => projectPython());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

function ask(url: string, method: "GET" | "POST", headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const started = method === "GET" ? get(url, { headers }) : request(url, { method, headers });
    started.on("error", reject).on("response", (answer) => {
      answer.resume().on("end", () => resolve({ status: answer.statusCode!, headers: answer.headers }));
    });
    if (method === "POST") started.end(JSON.stringify({ name: "tickbook" }));
  });
}

/** What a server answers to a page that wants to open a socket: 101, or why not. */
function knock(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on("unexpected-response", (_, answer) => resolve(answer.statusCode!));
    socket.on("error", reject).on("open", () => resolve(101));
  });
}

// row 87
test("JupyterLab runs code for nobody but the holder of its token, in a page of its own", {
  timeout: 120_000,
}, async () => {
  const port = await choosePort(undefined, 8950);
  const jupyter = startJupyter({
    port,
    folder: projectRoot,
    notebook: join(projectRoot, "notebooks", "live-monitor.ipynb"),
    desk: false,
    environment: {},
  });
  try {
    const address = await jupyter.ready;
    const base = `http://127.0.0.1:${port}`;
    const kernels = `${base}/api/kernels`;
    const token = new URL(address).searchParams.get("token")!;
    const holds = { authorization: `token ${token}` };
    const refused = async (what: string, answer: Promise<Answer>): Promise<void> => {
      const { status } = await answer;
      assert.ok([401, 403, 404].includes(status), `${what}: ${status}`);
    };
    const earlier = "0".repeat(48);
    await refused("no token", ask(kernels, "POST", {}));
    await refused("a wrong token", ask(kernels, "POST", { authorization: "token wrong" }));
    await refused("the token of an earlier start", ask(`${kernels}?token=${earlier}`, "POST", {}));
    await refused(
      "a page that calls this address by another name",
      ask(kernels, "GET", { ...holds, host: "evil.example" }),
    );

    // what the browser of the holder would send along for any page that it shows
    const login = await ask(address, "GET", {});
    const cookie = (login.headers["set-cookie"] ?? []).map((one) => one.split(";")[0]).join("; ");
    assert.equal((await ask(kernels, "GET", { cookie })).status, 200);
    const foreign = {
      cookie,
      origin: "http://evil.example",
      "x-xsrftoken": /_xsrf=([^;]+)/.exec(cookie)?.[1] ?? "",
    };
    await refused("another page's request", ask(kernels, "POST", foreign));
    const none = (await (await fetch(kernels, { headers: holds })).json()) as unknown[];
    assert.deepEqual(none, [], "no kernel was started");

    const started = await fetch(kernels, {
      method: "POST",
      headers: holds,
      body: JSON.stringify({ name: "tickbook" }),
    });
    const { id } = (await started.json()) as { id: string };
    const channels = `ws://127.0.0.1:${port}/api/kernels/${id}/channels`;
    assert.equal(await knock(channels, {}), 403);
    assert.equal(await knock(channels, { cookie, origin: "http://evil.example" }), 403);
    assert.equal(await knock(channels, { cookie, origin: base }), 101);
  } finally {
    await jupyter.stop();
  }
});
