import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { httpGet } from "../../../src/pipeline/net/http.ts";

const BOMB = gzipSync(Buffer.alloc(64 << 20));

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test("httpGet asks for microseconds and gives status, headers and text", async (t) => {
  const url = await serve(t, (request, response) => {
    response.setHeader("X-MBX-USED-WEIGHT-1M", "25");
    response.writeHead(400).end(JSON.stringify(request.headers["x-mbx-time-unit"]));
  });
  const reply = await httpGet({ deadlineMs: 5000, maxBytes: 1000 })(url);
  assert.deepEqual([reply.status, reply.body], [400, '"MICROSECOND"']);
  assert.equal(reply.header("x-mbx-used-weight-1m"), "25");
  assert.equal(reply.header("retry-after"), undefined);
});

// row 52
for (const [name, size, listener] of [
  [
    "a body without an end",
    1 << 20,
    (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        response.once("drain", more);
      };
      more();
    },
  ],
  [
    "a gzip bomb",
    1 << 20,
    (_, response) => {
      response.setHeader("Content-Encoding", "gzip");
      response.end(BOMB);
    },
  ],
] as const satisfies readonly (readonly [string, number, RequestListener])[]) {
  test(`httpGet cuts ${name} off at its size`, async (t) => {
    let sent = 0;
    const url = await serve(t, (request, response) => {
      response.on("close", () => {
        sent = request.socket.bytesWritten;
      });
      listener(request, response);
    });
    const before = process.memoryUsage().arrayBuffers;
    await assert.rejects(
      httpGet({ deadlineMs: 20_000, maxBytes: size })(url),
      /^Error: an answer of more than 1048576 bytes$/,
    );
    assert.ok(process.memoryUsage().arrayBuffers - before < 32 << 20);
    assert.ok(sent < 32 << 20);
  });
}

// row 52
test("httpGet cuts a drip, a hanging answer and a hanging server off at its deadline", async (t) => {
  const drip: RequestListener = (_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("["), 20);
    response.on("close", () => clearInterval(timer));
  };
  for (const listener of [
    drip,
    (_, response) => response.writeHead(200).write("["),
    () => {},
  ] as RequestListener[]) {
    const url = await serve(t, listener);
    const startMs = performance.now();
    await assert.rejects(httpGet({ deadlineMs: 200, maxBytes: 1000 })(url), /^Error: no answer in 0\.2 s$/);
    assert.ok(performance.now() - startMs < 3000);
  }
});

// rows 50, 51
test("httpGet gives one line for a body cut short, a reset, bad text and nobody there", async (t) => {
  const get = httpGet({ deadlineMs: 5000, maxBytes: 1000 });
  for (const listener of [
    (_, response) =>
      response.writeHead(200, { "Content-Length": "100" }).write("[1", () => response.destroy()),
    (request) => request.socket.resetAndDestroy(),
    (_, response) => response.end(Buffer.from([0x5b, 0xff, 0xfe, 0x5d])),
  ] as RequestListener[]) {
    const url = await serve(t, listener);
    await assert.rejects(get(url), /^Error: [^\n]+$/);
  }
  await assert.rejects(get("http://127.0.0.1:1/"), /^Error: [^\n]+$/);
});

test("httpGet follows no redirect", async (t) => {
  let visited = 0;
  const target = await serve(t, (_, response) => {
    visited++;
    response.end("[]");
  });
  const url = await serve(t, (_, response) => response.writeHead(301, { Location: target }).end());
  assert.equal((await httpGet({ deadlineMs: 5000, maxBytes: 1000 })(url)).status, 301);
  assert.equal(visited, 0);
});

test("httpGet ends what is under way when it is stopped, and asks nothing after", async (t) => {
  let asked = 0;
  const url = await serve(t, () => {
    asked++;
    stop.abort();
  });
  const stop = new AbortController();
  const get = httpGet({ deadlineMs: 60_000, maxBytes: 1000, stop: stop.signal });
  await assert.rejects(get(url), /^Error: [^\n]+$/);
  await assert.rejects(get(url), /^Error: [^\n]+$/);
  assert.equal(asked, 1);
});
