import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type MailAddresses,
  type WebhookFormat,
  webhookTarget,
} from "../../../src/app/alerts/sinks/webhook-body.ts";
import type { AlertRecord } from "../../../src/pipeline/store/alert-store.ts";
import { openWriter } from "../../../src/pipeline/store/write/writer.ts";
import { simulated } from "../../support/bars.ts";
import { until } from "../../support/processes.ts";
import { projectRoot } from "../../support/project.ts";
import { tempFolder } from "../../support/temp.ts";
import { batchOf, trade } from "../../support/trades.ts";

const START = Date.UTC(2026, 0, 5, 12) * 1000;
const RECORD: AlertRecord = {
  ...{ id: 7, venue: "binance", venueKind: "real", key: "k", rule: "z out", watched: "ETHUSDT/BTCUSDT, 1s" },
  ...{ severity: "warning", kind: "firing", from: "inactive", timeUs: START, atUs: START, sinceUs: START },
  ...{ value: 2.5, fire: 2, resolve: 1, delivery: "sent", silencedBy: "", isLate: false, heldBack: 0 },
  ...{ text: "z is 2.5 <!channel> & @everyone", labels: {} },
};
const NO_MAIL: MailAddresses = { from: undefined, to: undefined };
const bodyOf = (url: string, as: WebhookFormat, mail = NO_MAIL): unknown =>
  webhookTarget(new URL(url), as, mail).body(RECORD, 1);

test("each chat gets a message in its own form, which calls nobody by name", () => {
  const line =
    "2026-01-05T12:00:00Z ■ FIRING warning · z out · ETHUSDT/BTCUSDT, 1s · z is 2.5 <!channel> & @everyone";
  assert.deepEqual(bodyOf("https://hooks.slack.com/services/T/B/X", "slack"), {
    text: line.replace("<!channel> &", "&lt;!channel&gt; &amp;"),
  });
  assert.deepEqual(bodyOf("https://discord.com/api/webhooks/1/x", "discord"), {
    content: line,
    allowed_mentions: { parse: [] },
  });
  const telegram = "https://api.telegram.org/bot1:x/sendMessage?chat_id=-100";
  assert.deepEqual(bodyOf(telegram, "telegram"), { chat_id: "-100", text: line });
  assert.equal(webhookTarget(new URL(telegram), "telegram", NO_MAIL).url.search, "");
  assert.deepEqual(
    bodyOf("https://api.resend.com/emails", "mail", { from: "desk@x.org", to: "a@x.org, b@x.org" }),
    {
      ...{ from: "desk@x.org", to: ["a@x.org", "b@x.org"], text: line },
      subject: "firing: z out (ETHUSDT/BTCUSDT, 1s), warning",
    },
  );
});

test("a message is as long as the chats take it", () => {
  const target = webhookTarget(new URL("http://127.0.0.1/"), "discord", NO_MAIL);
  const { content } = target.body({ ...RECORD, text: "x".repeat(9000) }, 1) as { content: string };
  assert.equal(content.length, 1900);
});

test("what cannot be meant is refused, and no refusal shows the address", () => {
  const cases = [
    ["https://hooks.slack.com/s3cret", "json", NO_MAIL, /needs slack for hooks\.slack\.com/],
    ["https://discord.com/s3cret", "slack", NO_MAIL, /needs discord for discord\.com/],
    ["https://api.telegram.org/bots3cret/sendMessage", "telegram", NO_MAIL, /there is no chat_id in it/],
    ["https://mail.example/s3cret", "mail", { from: "a@x.org", to: "" }, /TICKBOOK_MAIL_TO/],
    ["https://mail.example/s3cret", "mail", NO_MAIL, /TICKBOOK_MAIL_FROM/],
  ] as const;
  for (const [url, as, mail, wanted] of cases) {
    assert.throws(
      () => webhookTarget(new URL(url), as, mail),
      (error: Error & { code: string; hint?: string }) => {
        assert.match(error.message, wanted);
        assert.doesNotMatch(error.message, /s3cret/);
        return error.code === "bad-webhook";
      },
    );
  }
});

interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** A chat's side: answers as Slack, Discord and Telegram do when they have taken a message. */
async function chat(t: TestContext): Promise<{ readonly port: number; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    heard.push({ path: request.url ?? "", headers: request.headers, body });
    response.writeHead(request.url?.includes("discord") ? 204 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, heard };
}

test("npm run watch posts to a chat at an address from the environment: it stands in no list of processes and in nothing that is printed", {
  timeout: 60_000,
}, async (t) => {
  const { port, heard } = await chat(t);
  const folder = tempFolder(t);
  const [db, rules] = [join(folder, "x.db"), join(folder, "rules.json")];
  const moved = { name: "moved", symbol: "BTCUSDT", interval: "1s", measure: "priceMove", window: 5 };
  writeFileSync(rules, JSON.stringify({ rules: [{ ...moved, when: "above", fire: 1 }] }));
  const writer = openWriter(db, { venue: simulated, symbols: ["BTCUSDT"] });
  let second = 0;
  const add = (): void => {
    const timeUs = START + second * 1e6 + 500_000;
    const price = (100 * 1.02 ** Math.floor(second / 20)).toFixed(8);
    const times = { tradeTimeUs: timeUs, eventTimeUs: timeUs, receivedUs: Date.now() * 1000 };
    writer.append(batchOf([trade(second + 1, { price, ...times })]), timeUs);
    second++;
  };
  while (second < 10) add();
  const timer = setInterval(add, 25);
  t.after(() => {
    clearInterval(timer);
    writer.close();
  });
  const flags = ["--source", db, "--rules", rules, "--poll-ms", "10", "--webhook-as", "telegram"];
  const program = join(projectRoot, "scripts", "watch.ts");
  const run = (more: readonly string[], env: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, [program, ...flags, ...more], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    t.after(() => child.kill("SIGKILL"));
    const said = { text: "" };
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said.text += text;
      });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, said, ended };
  };
  const address = `http://127.0.0.1:${port}/bot1:s3cret/sendMessage?chat_id=42`;

  const refused = run(["--webhook", address], {});
  assert.equal(await refused.ended, 2);
  assert.match(refused.said.text, /--webhook: needs an address that is no secret.*TICKBOOK_WEBHOOK/s);

  const { child, said, ended } = run([], { TICKBOOK_WEBHOOK: address });
  await until(() => heard.length > 0, "a message", 40_000);
  const { path, body, headers } = heard[0]!;
  assert.equal(path, "/bot1:s3cret/sendMessage");
  assert.equal(body.chat_id, "42");
  assert.match(String(body.text), /^2026-01-05T12:\d\d:\d\dZ ■ FIRING warning · moved · .* · SIMULATED$/);
  assert.match(String(headers["idempotency-key"]), /^\d+-\d+$/);
  if (process.platform === "linux")
    assert.doesNotMatch(readFileSync(`/proc/${child.pid}/cmdline`, "utf8"), /s3cret/);
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  for (const text of [said.text, refused.said.text]) assert.doesNotMatch(text, /s3cret/);
});
