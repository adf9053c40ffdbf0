import { test } from "node:test";
import { watchKillRounds } from "../../support/watch-kill-rounds.ts";

test(
  "killed at any moment and started again, it tells each alert once, in the history and in the file",
  {
    timeout: 90_000,
  },
  (t) => watchKillRounds(t, 9, 6),
);
