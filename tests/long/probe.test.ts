import assert from "node:assert/strict";
import { test } from "node:test";
import { MUTATIONS, rehearse } from "../support/probe-rehearsal.ts";

/** A market minute and more has to pass, and a few pings. */
const LOOK_MS = 4000;
const AT_ONCE = 3;

async function inGroups<T>(all: readonly T[], work: (one: T, i: number) => Promise<void>): Promise<void> {
  for (let i = 0; i < all.length; i += AT_ONCE)
    await Promise.all(all.slice(i, i + AT_ONCE).map((one, j) => work(one, i + j)));
}

test("every single change of the protocol is named by the probe", async (t) => {
  const missed: string[] = [];
  // two of them keep what passes through them
  for (const one of MUTATIONS) {
    const [what, id, mutation] = one;
    const judged = await rehearse(t, 20, LOOK_MS, mutation);
    if (judged.find((of) => of.id === id)!.verdict !== "broken") missed.push(`${what}: ${id}`);
  }
  assert.deepEqual(missed, []);
});

test("a hundred clean runs raise no alarm", async (t) => {
  const alarms: string[] = [];
  await inGroups(
    Array.from({ length: 100 }, (_, i) => 100 + i),
    async (seed) => {
      for (const { id, verdict, detail } of await rehearse(t, seed, LOOK_MS))
        if (verdict !== "held") alarms.push(`${seed} ${id} ${verdict}: ${detail}`);
    },
  );
  assert.deepEqual(alarms, []);
});
