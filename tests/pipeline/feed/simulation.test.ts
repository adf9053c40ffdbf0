import { test } from "node:test";
import { everySeed, simulatePolitely, simulateRoughly } from "../../support/feed-simulation.ts";

test("drops, hangs, refusals, shutdowns and sleep: every delivered trade comes out, and the feed is live at the end", async () => {
  await everySeed(12, simulateRoughly);
});

test("an exchange that always says so before it leaves costs not a single trade", async () => {
  await everySeed(12, simulatePolitely);
});
