import { test } from "node:test";
import { everySeed, simulatePolitely, simulateRoughly } from "../support/feed-simulation.ts";

test("500 bad half hours: every delivered trade comes out, and the feed is live at the end", async () => {
  await everySeed(500, simulateRoughly);
});

test("500 half hours with an exchange that always says so before it leaves cost not a single trade", async () => {
  await everySeed(500, simulatePolitely);
});
