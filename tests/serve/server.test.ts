import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { request } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ALERT_ACTS, FILES, LIVE } from "../../src/notebook/page/live-messages.ts";
import { checkReaders, tokenIn } from "../../src/serve/guard.ts";
import { createLines, type Lines } from "../../src/serve/lines.ts";
import { servePage } from "../../src/serve/server.ts";
import { storeMarket } from "../support/market-store.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const TOKEN = "a-token-of-24-letters-xx";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

async function serving(t: TestContext, token?: string): Promise<{ port: number; lines: Lines }> {
  const lines = createLines();
  const files = new Map([["/page/a.css", import.meta.filename]]);
  const server = await servePage({ bind: "127.0.0.1", port: 0, token, lines, files });
  t.after(() => server.close());
  return { port: server.port, lines };
}

function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
  method = body === undefined ? "GET" : "POST",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, path, headers, method, host: "127.0.0.1" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (path === "/news") answer.destroy();
      });
      answer.on("close", () => resolve({ status: answer.statusCode!, headers: answer.headers, body: text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const JSON_TYPE = { "content-type": "application/json" } as const;
const question = (target: string): string => JSON.stringify({ target, data: { panels: [] } });

test("an address that others reach needs a token of sixteen letters, and says where to set it", () => {
  assert.throws(
    () => checkReaders({ bind: "0.0.0.0", token: undefined }),
    /^TickbookError: --bind: needs a token .* TICKBOOK_SERVE_TOKEN .* got none/,
  );
  assert.throws(
    () => checkReaders({ bind: "0.0.0.0", token: "short" }),
    /TICKBOOK_SERVE_TOKEN: .* got one of 5/,
  );
  assert.throws(() => checkReaders({ bind: "127.0.0.1", token: "short" }), /got one of 5/);
  checkReaders({ bind: "0.0.0.0", token: TOKEN });
  for (const bind of ["127.0.0.1", "::1", "localhost"]) checkReaders({ bind, token: undefined });
});

test("a page of another name that leads here reads nothing, and every answer keeps other sites out", async (t) => {
  const { port } = await serving(t);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
    assert.equal((await ask(port, "/", { host })).status, 200);
  for (const path of ["/", "/news", "/page/a.css"]) {
    const { status, headers } = await ask(port, path, { host: `evil.example:${port}` });
    assert.equal(status, 403, path);
    assert.match(String(headers["content-security-policy"]), /default-src 'none'.*frame-ancestors 'none'/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["access-control-allow-origin"], undefined);
  }
  assert.equal((await ask(port, "/", {}, undefined, "DELETE")).status, 405);
  assert.equal((await ask(port, "/page/../server.test.ts")).status, 404);
  assert.equal((await ask(port, "/?token=of-another-day")).status, 200);
  assert.equal((await ask(port, "/page/a.css")).headers["content-type"], "text/css; charset=utf-8");
});

test("with a token nothing is answered without it; its address sets a cookie, and leaves no token behind", async (t) => {
  const { port, lines } = await serving(t, TOKEN);
  lines.comms.onOpen(LIVE, (comm) => comm.send({ panels: [] }));
  for (const path of ["/", "/news", "/page/a.css", "/?token=wrong", `/?token=${TOKEN}x`])
    assert.equal((await ask(port, path)).status, 401, path);
  assert.equal((await ask(port, "/ask", JSON_TYPE, question(LIVE))).status, 401);
  const { status, headers } = await ask(port, `/?token=${TOKEN}`);
  assert.deepEqual([status, headers.location], [303, "/"]);
  const [set] = headers["set-cookie"] as string[];
  assert.match(set!, /; HttpOnly; SameSite=Strict; Path=\/$/);
  const cookie = set!.split(";")[0]!;
  assert.equal((await ask(port, "/", { cookie, host: "desk.example" })).status, 200);
  assert.equal((await ask(port, "/", { cookie: `${cookie}x` })).status, 401);
  assert.equal((await ask(port, "/", { cookie: `tickbook-page-${port}=%` })).status, 401);
  const other = await serving(t, `${TOKEN}-of-another-page`);
  const [otherSet] = (await ask(other.port, `/?token=${TOKEN}-of-another-page`)).headers[
    "set-cookie"
  ] as string[];
  const both = `${otherSet!.split(";")[0]}; ${cookie}`;
  for (const at of [port, other.port]) assert.equal((await ask(at, "/", { cookie: both })).status, 200);
  assert.equal((await ask(port, "/", { authorization: `Bearer ${TOKEN}` })).status, 200);
  assert.equal((await ask(port, "/ask", { cookie, ...JSON_TYPE }, question(LIVE))).status, 200);
});

test("questions come from this page alone, and nothing that would write is answered", async (t) => {
  const { port, lines } = await serving(t);
  const heard: string[] = [];
  for (const target of [LIVE, FILES, ALERT_ACTS])
    lines.comms.onOpen(target, (comm) => {
      heard.push(target);
      comm.send({ panels: [], target });
    });
  const answer = await ask(port, "/ask", JSON_TYPE, question(LIVE));
  assert.deepEqual(JSON.parse(answer.body), { said: { panels: [], target: LIVE } });
  for (const target of [FILES, ALERT_ACTS, "jupyter.widget", "constructor"])
    assert.deepEqual(JSON.parse((await ask(port, "/ask", JSON_TYPE, question(target))).body), { said: null });
  assert.deepEqual(heard, [LIVE]);
  const odd = JSON.stringify({ target: LIVE, data: { panels: [{ toString: 1 }] } });
  lines.comms.onOpen(LIVE, (_, { panels }) => String((panels as unknown[])[0]));
  assert.deepEqual(JSON.parse((await ask(port, "/ask", JSON_TYPE, odd)).body), { said: null });
  lines.comms.onOpen(LIVE, (comm) => comm.send({ panels: [] }));
  const origin = { ...JSON_TYPE, origin: "https://evil.example" };
  assert.equal((await ask(port, "/ask", origin, question(LIVE))).status, 403);
  assert.equal((await ask(port, "/ask", { ...JSON_TYPE, origin: "null" }, question(LIVE))).status, 403);
  const own = { ...JSON_TYPE, origin: `http://127.0.0.1:${port}` };
  assert.equal((await ask(port, "/ask", own, question(LIVE))).status, 200);
  assert.equal((await ask(port, "/ask", { "content-type": "text/plain" }, question(LIVE))).status, 415);
  for (const body of [
    "",
    "{",
    "null",
    "[]",
    '{"target":1,"data":{}}',
    '{"target":"a","data":null}',
    "x".repeat(20_000),
  ])
    assert.equal((await ask(port, "/ask", JSON_TYPE, body)).status, 400, body.slice(0, 20));
});

test("what changes is told to every page, and a page that leaves is forgotten", async (t) => {
  const { port, lines } = await serving(t);
  const later = setInterval(() => lines.comms.broadcast(LIVE, { panels: [] }), 20);
  t.after(() => clearInterval(later));
  const news = await new Promise<string>((resolve, reject) => {
    const asked = request({ port, path: "/news", host: "127.0.0.1" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (!/data: .*\n\n$/.test(text)) return;
        resolve(text);
        asked.destroy();
      });
    });
    asked.on("error", reject).end();
  });
  assert.match(news, /^retry: 1000\n\ndata: \{"comm_id":"tickbook.live","data":\{"panels":\[\]\}\}\n\n/);
});

test("a page that does not read what it is told is let go before much waits for it; the others hear on", async (t) => {
  const lines = createLines();
  let listening = 0;
  const counted: Lines = {
    ...lines,
    listen: (hear) => {
      listening++;
      const end = lines.listen(hear);
      return () => {
        listening--;
        end();
      };
    },
  };
  const settings = { bind: "127.0.0.1", port: 0, token: undefined, lines: counted, files: new Map() };
  const server = await servePage(settings);
  t.after(() => server.close());
  let heard = 0;
  const open = (hear: ((part: Buffer) => void) | undefined): Promise<void> =>
    new Promise((resolve) => {
      const asked = request({ port: server.port, path: "/news", host: "127.0.0.1" }, (answer) => {
        if (hear) answer.on("data", hear);
        resolve();
      });
      t.after(() => asked.destroy());
      asked.on("error", () => {}).end();
    });
  await open(undefined);
  await open(({ length }) => {
    heard += length;
  });
  assert.equal(listening, 2);
  const letters = 1_000_000;
  let told = 0;
  for (; listening === 2 && told < 100; told++) {
    lines.comms.broadcast(LIVE, { text: "x".repeat(letters) });
    while (heard < (told + 1) * letters) await setImmediate();
  }
  assert.equal(listening, 1);
  assert.ok(told < 40, `${told} MB waited`);
});

test("what does not fit is refused in one line before anything is served", (t) => {
  const db = join(tempFolder(t), "market.db");
  storeMarket(db, { seconds: 60 });
  const refused = (...flags: string[]): string => {
    const program = join(projectRoot, "scripts", "serve.ts");
    const { status, stderr } = spawnSync(process.execPath, [program, "--port", "0", ...flags], {
      encoding: "utf8",
      env: { ...process.env, ...(flags.includes("256.0.0.1") && { TICKBOOK_SERVE_TOKEN: TOKEN }) },
    });
    assert.equal(status, 2, stderr);
    return stderr;
  };
  assert.match(refused("--bind", "0.0.0.0"), /^--bind: needs a token .*\n$/);
  assert.match(refused("--source", "/nowhere.db"), /^\/nowhere\.db: needs a database .* no such file.*\n$/);
  assert.match(refused("--y", "A", "--x", "A"), /^--y: needs another symbol than --x; got "A" twice\. .*\n$/);
  assert.match(
    refused("--source", db, "--bind", "256.0.0.1"),
    /^--bind: needs an address of this machine; got "256\.0\.0\.1" .*\n$/,
  );
});

test("a token with a plus is taken as it is typed and as it is encoded, and nothing else", () => {
  const token = "a+token+of+letters+xx";
  for (const url of ["/?token=a+token+of+letters+xx", "/?token=a%2Btoken%2Bof%2Bletters%2Bxx"])
    assert.equal(tokenIn(url, token), token, url);
  assert.equal(tokenIn("/?token=a-token-of-letters-xx", token), undefined);
});

test("HEAD of the news is answered, and keeps nobody waiting", async (t) => {
  const { port } = await serving(t);
  const { status, headers, body } = await ask(port, "/news", {}, undefined, "HEAD");
  assert.deepEqual([status, headers["content-type"], body], [200, "text/event-stream", ""]);
});
