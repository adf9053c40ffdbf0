import { test } from "node:test";
import { watchKillRounds } from "../support/watch-kill-rounds.ts";

for (const seed of [1, 2, 3]) {
  test(`seed ${seed}: killed forty times, a watch tells each alert once`, { timeout: 400_000 }, (t) =>
    watchKillRounds(t, seed, 40),
  );
}
