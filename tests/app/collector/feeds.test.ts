import assert from "node:assert/strict";
import { test } from "node:test";
import { feeds } from "../../../src/app/collector/symbols/feeds.ts";
import type { Feed, FeedStatus } from "../../../src/pipeline/feed/feed.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

function feed(): { readonly feed: Feed; readonly did: string[]; kind: FeedStatus["kind"] } {
  const did: string[] = [];
  const made = { did, kind: "connecting" as FeedStatus["kind"], feed: undefined as unknown as Feed };
  made.feed = {
    pause: () => did.push("pause"),
    resume: () => did.push("resume"),
    stop: () => did.push("stop"),
    status: () => ({ kind: made.kind, shards: [], attemptsLeft: 1, quiet: [] }),
  };
  return made;
}

/** Lets promises settle while a virtual clock moves on. */
async function pass(clock: ReturnType<typeof virtualClock>, ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 250) {
    clock.advance(250);
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }
}

test("the feed before goes on until the next one is live, and no longer", async () => {
  const clock = virtualClock();
  const [before, next] = [feed(), feed()];
  const both = feeds(before.feed, clock);
  both.replace(next.feed);
  await pass(clock, 3000);
  assert.deepEqual(before.did, []);
  next.kind = "live";
  await pass(clock, 500);
  assert.deepEqual(before.did, ["stop"]);
  assert.equal(both.status().kind, "live");
});

test("a market without trades is waited for five seconds, a connection that hangs for a minute", async () => {
  for (const [kind, after] of [
    ["open", 5500],
    ["connecting", 60_500],
  ] as const) {
    const clock = virtualClock();
    const [before, next] = [feed(), feed()];
    next.kind = kind;
    const both = feeds(before.feed, clock);
    both.replace(next.feed);
    await pass(clock, after - 1000);
    assert.deepEqual(before.did, [], kind);
    await pass(clock, 1250);
    assert.deepEqual(before.did, ["stop"], kind);
  }
});

test("while the disk is behind a new feed is held back as well, and both go on together; a stop stops both", () => {
  const clock = virtualClock();
  const [before, next] = [feed(), feed()];
  const both = feeds(before.feed, clock);
  both.pause();
  both.replace(next.feed);
  both.resume();
  both.stop();
  assert.deepEqual(before.did, ["pause", "resume", "stop"]);
  assert.deepEqual(next.did, ["pause", "resume", "stop"]);
});
