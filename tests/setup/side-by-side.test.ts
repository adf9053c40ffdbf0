import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
// @ts-expect-error the set-up is plain JavaScript, without types
import { sideBySide } from "../../scripts/setup/side-by-side.mjs";

/** Jobs that end when they are told, of names in which `!` is for one that must not run beside another such. */
function stage(names: readonly string[]) {
  const begun: string[] = [];
  const end = new Map<string, () => void>();
  let idle = 0;
  let isOver = false;
  const jobs = names.map((name) => ({
    isAlone: name.endsWith("!"),
    run: () =>
      new Promise((resolve) => {
        begun.push(name);
        end.set(name, () => resolve(name));
      }),
  }));
  return {
    begun,
    results: sideBySide(jobs, () => isOver, { cores: 2, idleCores: () => () => idle }) as Promise<string[]>,
    end: async (name: string): Promise<void> => {
      end.get(name)!();
      await turn();
    },
    idle: (cores: number) => {
      idle = cores;
    },
    over: () => {
      isOver = true;
    },
  };
}

test("a job a core runs while no core is idle, and the results come in the order of the ends", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { begun, end, results } = stage(["a", "b", "c", "d"]);
  t.mock.timers.tick(5000);
  assert.deepEqual(begun, ["a", "b"]);
  await end("b");
  assert.deepEqual(begun, ["a", "b", "c"]);
  for (const name of ["c", "d", "a"]) await end(name);
  assert.deepEqual(await results, ["b", "c", "d", "a"]);
});

test("one more begins each half second in which a core was idle, up to three a core", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { begun, idle } = stage(["a", "b", "c", "d", "e", "f", "g", "h"]);
  idle(0.2);
  t.mock.timers.tick(500);
  assert.equal(begun.length, 2);
  idle(1.5);
  t.mock.timers.tick(500);
  assert.equal(begun.length, 3);
  t.mock.timers.tick(10_000);
  assert.equal(begun.length, 6);
});

test("of those that must be alone of their kind one runs at a time, beside others", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { begun, end, idle, results } = stage(["a!", "b!", "c", "d!"]);
  assert.deepEqual(begun, ["a!", "c"]);
  idle(2);
  t.mock.timers.tick(5000);
  assert.deepEqual(begun, ["a!", "c"]);
  await end("c");
  await end("a!");
  assert.deepEqual(begun, ["a!", "c", "b!"]);
  await end("b!");
  await end("d!");
  assert.deepEqual(await results, ["c", "a!", "b!", "d!"]);
});

test("once it is over, what runs is waited for and nothing begins", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const { begun, end, over, results } = stage(["a", "b", "c"]);
  over();
  await end("a");
  await end("b");
  assert.deepEqual(
    [begun, await results],
    [
      ["a", "b"],
      ["a", "b"],
    ],
  );
});
