import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { follow } from "../../src/app/commands/databases/follow.ts";
import { openHistory } from "../../src/pipeline/archive/history.ts";
import { openRelay } from "../../src/pipeline/desk/relay/relay.ts";
import { deskAddress } from "../../src/pipeline/desk/wire/address.ts";
import { openPost } from "../../src/pipeline/desk/wire/post.ts";
import { openStore } from "../../src/pipeline/open-store.ts";
import { startDesk } from "../support/desk.ts";
import { SYMBOLS, span, write } from "../support/stored.ts";
import { tempFolder } from "../support/temp.ts";
import { batchOf, T0, trade } from "../support/trades.ts";
import { virtualClock } from "../support/virtual-clock.ts";

const data = mkdtempSync(join(tmpdir(), "tickbook-away-"));
after(() => rmSync(data, { recursive: true, force: true }));

/** A port at which nobody listens now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a server that is away for a day is asked now and then, told of seldom, and has everything a minute after it is back", async (t) => {
  const db = join(tempFolder(t), "x.db");
  const put = (first: number, last: number): void =>
    write(db, (writer) =>
      writer.append(
        batchOf(
          span(first, last).map((id) => trade(id)),
          SYMBOLS,
        ),
        T0,
      ),
    );
  put(1, 100);
  const port = await freePort();
  const to = `http://127.0.0.1:${port}/away`;
  const clock = virtualClock(T0 + 3600e6);
  const said: string[] = [];
  let tries = 0;
  const post = openPost(deskAddress("test", to), { user: "default", password: "" });
  t.after(() => post.close());
  const open = async () => {
    tries++;
    // a relay that is opened asks this server, too, and has read its database before: a day of that takes a minute
    await post("SELECT 1", { settings: { database: "default" } });
    return openRelay({ db, to, user: { user: "default", password: "" }, nowUs: clock.nowUs });
  };
  let stop = (): void => {};
  const asked = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  const teller = {
    progress: () => {},
    say: (_: string, { event }: Readonly<Record<string, unknown>>) => said.push(String(event)),
    end: () => {},
  };
  const ended = follow({ open, isAudit: false, teller, asked, clock });
  /** Time passes whenever the relay waits for it. */
  const passUntil = async (isOver: () => boolean): Promise<void> => {
    const endMs = performance.now() + 120_000;
    while (!isOver()) {
      assert.ok(performance.now() < endMs, `it does not come: ${said.slice(-3)}`);
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.pendingTimers() > 0) clock.advance(1000);
    }
  };
  const beginMs = clock.monotonicMs();
  await passUntil(() => clock.monotonicMs() - beginMs >= 86_400_000);
  assert.ok(tries > 1000 && tries < 5000, `${tries} tries in a day`);
  assert.ok(said.length < tries / 9, `${said.length} words of ${tries} tries`);
  assert.deepEqual([...new Set(said)], ["waiting"]);
  put(101, 5000);
  await startDesk({ data, port });
  const backMs = clock.monotonicMs();
  await passUntil(() => said.includes("back"));
  assert.ok(clock.monotonicMs() - backMs <= 120_000);
  stop();
  assert.equal(await ended, 0);
  const [book, shelf] = [openHistory(db), openStore(to)];
  t.after(() => {
    book.close();
    shelf.close();
  });
  assert.deepEqual(shelf.exact(shelf.series()[0]!, 0, 1e9, 1e9), book.exact(book.series()[0]!, 0, 1e9, 1e9));
});
