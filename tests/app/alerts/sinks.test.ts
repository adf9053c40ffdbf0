import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { alertLine } from "../../../src/app/alerts/sinks/alert-lines.ts";
import { fileSink } from "../../../src/app/alerts/sinks/file-sink.ts";
import { webhookSink, webhookUrl } from "../../../src/app/alerts/sinks/webhook-sink.ts";
import { systemClock } from "../../../src/app/clock.ts";
import type { AlertRecord } from "../../../src/pipeline/store/alert-store.ts";
import { csvText } from "../../../src/render/csv.ts";
import { tableView } from "../../../src/render/table.ts";
import { tempFolder } from "../../support/temp.ts";

const HOSTILE =
  '\u001b]0;pwned\u0007\u001b[31m\r\n=cmd|"/c calc"!A1 <script>alert(1)</script> \u202e"},{"x":1 \u2028';

function record(id: number, more: Partial<AlertRecord> = {}): AlertRecord {
  return {
    id,
    venue: "sim-seed7",
    venueKind: "simulated",
    key: "k",
    rule: "z out",
    watched: "ETHUSDT/BTCUSDT, 1s",
    severity: "warning",
    kind: "firing",
    from: "inactive",
    timeUs: 1_767_614_400_000_000,
    atUs: 1_767_614_400_300_000,
    sinceUs: 1_767_614_400_000_000,
    value: 2.5,
    fire: 2,
    resolve: 1,
    delivery: "sent",
    silencedBy: "",
    isLate: false,
    heldBack: 0,
    text: "ETHUSDT/BTCUSDT: z is 2.5",
    labels: { rule: "z out" },
    ...more,
  };
}

interface Hook {
  readonly url: string;
  readonly bodies: Record<string, unknown>[];
  readonly headers: IncomingHttpHeaders[];
}

/** A receiver that answers with these statuses in turn, then with 200. Status 0: it never answers. */
async function hook(t: TestContext, statuses: number[] = []): Promise<Hook> {
  const bodies: Record<string, unknown>[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (data) => {
      text += data;
    });
    request.on("end", () => {
      const status = statuses.shift() ?? 200;
      if (status === 0) return;
      if (status === 200) bodies.push(JSON.parse(text));
      headers.push(request.headers);
      response.writeHead(status).end("x".repeat(10_000));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path?key=s3cret`,
    bodies,
    headers,
  };
}

/** Pauses that are over at once, and are counted. */
function hurried(): { clock: typeof systemClock; waits: number[] } {
  const waits: number[] = [];
  const after: typeof systemClock.after = (delayMs, callback) => {
    waits.push(delayMs);
    return systemClock.after(0, callback);
  };
  return { clock: { ...systemClock, after }, waits };
}

test("a webhook gets each event once, in order, as JSON, with the token and the event's id in the headers", async (t) => {
  const { url, bodies, headers } = await hook(t);
  const sink = webhookSink({ url, history: 77, clock: systemClock, token: "t0ken" });
  const done: number[] = [];
  sink.send(
    [record(1, { text: HOSTILE, labels: { team: HOSTILE } }), record(2, { value: Number.NaN })],
    (id) => done.push(id),
  );
  await sink.close(2000);
  assert.deepEqual(done, [1, 2]);
  assert.deepEqual(
    bodies.map(({ id, value }) => [id, value]),
    [
      ["77-1", 2.5],
      ["77-2", null],
    ],
  );
  assert.deepEqual([bodies[0]!.text, (bodies[0]!.labels as { team: string }).team], [HOSTILE, HOSTILE]);
  assert.equal(headers[0]!.authorization, "Bearer t0ken");
  assert.equal(headers[1]!["idempotency-key"], "77-2");
  assert.equal(sink.trouble(), "");
});

test("a webhook that fails is tried again after 1, 2, 4 … s, and given up after its tries; a refusal is given up at once", async (t) => {
  const { url, bodies } = await hook(t, [500, 503, 429, 200, 404, 500, 500, 500, 500]);
  const { clock, waits } = hurried();
  const sink = webhookSink({ url, history: 1, clock, tries: 4 });
  const done: number[] = [];
  await new Promise<void>((resolve) => {
    sink.send([record(1), record(2), record(3), record(4)], (id) => {
      done.push(id);
      if (id === 4) resolve();
    });
  });
  assert.deepEqual(
    bodies.map(({ id }) => id),
    ["1-1", "1-4"],
  );
  assert.deepEqual(waits, [1000, 2000, 4000, 1000, 2000, 4000]);
  assert.equal(sink.trouble(), "webhook: 2 given up");
});

test("a webhook that is down or never answers holds nobody up: what waits is bounded, and counted when it is given up", async (t) => {
  const silent = await hook(t, [0, 0, 0, 0]);
  const done: number[] = [];
  const sink = webhookSink({
    url: silent.url,
    history: 1,
    clock: systemClock,
    timeoutMs: 60,
    mostWaiting: 3,
  });
  sink.send(
    Array.from({ length: 10 }, (_, i) => record(i + 1)),
    (id) => done.push(id),
  );
  // it has not waited for an answer: there is none
  assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7]);
  while (!sink.trouble()?.endsWith("(no answer)")) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(sink.trouble(), "webhook: 3 waiting, 7 given up (no answer)");
  await sink.close(10);
  assert.equal(done.length, 7);

  const down = webhookSink({
    url: "http://127.0.0.1:9/s3cret",
    history: 1,
    clock: hurried().clock,
    tries: 3,
  });
  await new Promise<void>((resolve) => down.send([record(1)], () => resolve()));
  assert.equal(down.trouble(), "webhook: 1 given up (no connection)");
});

test("a webhook's address is checked, and its path, query and token appear in no message", async (t) => {
  for (const bad of ["ftp://x/s3cret", "s3cret", "https://user:s3cret@host/"]) {
    assert.throws(
      () => webhookUrl(bad),
      (error: Error) =>
        /--webhook: needs an address/.test(error.message) && !error.message.includes("s3cret"),
    );
  }
  const { url } = await hook(t, [404]);
  const sink = webhookSink({ url, history: 1, clock: systemClock, token: "s3cret" });
  await new Promise<void>((resolve) => sink.send([record(1)], () => resolve()));
  assert.doesNotMatch(sink.name + sink.trouble(), /secret|s3cret/);
});

test("a redirect is not followed", async (t) => {
  const { url, bodies } = await hook(t, [302]);
  const sink = webhookSink({ url, history: 1, clock: systemClock });
  await new Promise<void>((resolve) => sink.send([record(1)], () => resolve()));
  assert.deepEqual(bodies, []);
  assert.equal(sink.trouble(), "webhook: 1 given up (HTTP 302)");
});

const linesOf = (path: string): string[] => readFileSync(path, "utf8").trimEnd().split("\n");

test("a file gets each event once as a line of JSON, also after a kill that has torn its last line", (t) => {
  const path = join(tempFolder(t), "logs", "alerts.jsonl");
  const sink = fileSink({ path, history: 5 });
  const done: number[] = [];
  sink.send([record(1, { text: HOSTILE }), record(2)], (id) => done.push(id));
  appendFileSync(path, '{"id":"5-3","ki');
  const again = fileSink({ path, history: 5 });
  again.send([record(2), record(3)], (id) => done.push(id));
  assert.deepEqual(done, [1, 2, 2, 3]);
  assert.deepEqual(
    linesOf(path).map((line) => JSON.parse(line).id),
    ["5-1", "5-2", "5-3"],
  );
  assert.equal(JSON.parse(linesOf(path)[0]!).text, HOSTILE);
  const other = fileSink({ path, history: 6 });
  other.send([record(1)], () => {});
  assert.equal(JSON.parse(linesOf(path).at(-1)!).id, "6-1");
});

test("a file is moved aside when it is large, and only so many are kept", (t) => {
  const path = join(tempFolder(t), "a.jsonl");
  const sink = fileSink({ path, history: 1, mostBytes: 2000, keep: 2 });
  for (let id = 1; id <= 60; id++) sink.send([record(id)], () => {});
  assert.ok(
    existsSync(path) && existsSync(`${path}.1`) && existsSync(`${path}.2`) && !existsSync(`${path}.3`),
  );
  assert.ok(linesOf(path).length < 8);
  assert.equal(JSON.parse(linesOf(path).at(-1)!).id, "1-60");
});

test("a file that can't be written loses events, which are counted, and goes on when it can", (t) => {
  const folder = tempFolder(t);
  const path = join(folder, "in-the-way");
  mkdirSync(path);
  const done: number[] = [];
  const sink = fileSink({ path, history: 1 });
  sink.send([record(1), record(2)], (id) => done.push(id));
  assert.deepEqual(done, [1, 2]);
  assert.match(sink.trouble(), /^file: 2 lost \(EISDIR\)$/);
  rmSync(path, { recursive: true });
  sink.send([record(3)], (id) => done.push(id));
  assert.equal(linesOf(path).length, 1);
  assert.equal(sink.trouble(), "file: 2 lost");
});

const needsShell = process.platform === "win32" && "needs a POSIX shell";

test("a disk that is full in the middle of a line loses that line and no other", {
  skip: needsShell,
}, (t) => {
  const path = join(tempFolder(t), "alerts.jsonl");
  const sink = new URL("../../../src/app/alerts/sinks/file-sink.ts", import.meta.url).href;
  const full = `
    import { fileSink } from ${JSON.stringify(sink)};
    process.on("SIGXFSZ", () => {});
    const sink = fileSink({ path: process.argv[1], history: 1 });
    const one = ${JSON.stringify(record(0, { text: "x".repeat(300) }))};
    for (let id = 1; id <= 9; id++) sink.send([{ ...one, id }], () => {});
    console.log(sink.trouble());`;
  const limited = 'ulimit -f 2; NODE_DISABLE_COMPILE_CACHE=1 exec "$0" --input-type=module -e "$1" "$2"';
  const said = execFileSync("sh", ["-c", limited, process.execPath, full, path], { encoding: "utf8" });
  const whole = linesOf(path).filter((line) => line.endsWith("}"));
  assert.equal(said, `file: ${9 - whole.length} lost (EFBIG)\n`);
  const again = fileSink({ path, history: 1 });
  again.send([record(10)], () => {});
  assert.deepEqual(
    linesOf(path).map((line) => JSON.parse(line).id),
    [...whole.map((_, i) => `1-${i + 1}`), "1-10"],
  );
});

test("a pipe that nobody reads holds nobody up", { skip: needsShell }, (t) => {
  const path = join(tempFolder(t), "pipe");
  execFileSync("mkfifo", [path]);
  const sink = fileSink({ path, history: 1 });
  const many = Array.from({ length: 500 }, (_, i) => record(i + 1));
  let done = 0;
  sink.send(many, () => void done++);
  assert.equal(done, 500);
  assert.match(sink.trouble(), /^file: \d+ lost/);
});

test("a told event is one line of a terminal, whatever its texts hold; colour only where it is asked for", () => {
  const line = alertLine(record(1, { rule: HOSTILE, text: HOSTILE, watched: HOSTILE }), false);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
  assert.match(line, /^2026-01-05T12:00:00Z ■ FIRING warning · /);
  assert.ok(alertLine(record(1), true).includes("\u001b[31m■ FIRING warning\u001b[0m"));
  const kinds = ["firing", "reminder", "resolved", "no data", "inactive"].map((kind) =>
    alertLine(record(1, { kind }), false),
  );
  assert.deepEqual(
    kinds.map((text) => text.split(" · ")[0]!.slice(21)),
    [
      "■ FIRING warning",
      "■ STILL FIRING warning",
      "● resolved warning",
      "? NO DATA warning",
      "● data again warning",
    ],
  );
  assert.match(
    alertLine(record(1, { isLate: true, heldBack: 3 }), false),
    /· reported late · 3 held back before · SIMULATED$/,
  );
});

test("hostile text in labels breaks neither a table in HTML nor a CSV", () => {
  const table = { columns: [{ name: "text", values: [HOSTILE] }], length: 1 };
  const { html } = tableView(table);
  for (const text of ["<script", "\u001b", "\u202e"]) assert.ok(!html.includes(text));
  assert.match(csvText(table), /^text\r\n"[^"]*'=cmd\|""(?:[^"]|"")*"\r\n$/);
});
