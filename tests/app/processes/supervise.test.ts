import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { systemClock } from "../../../src/app/clock.ts";
import {
  type Ending,
  endGently,
  endingOf,
  killGroup,
  OWN_GROUP,
} from "../../../src/app/processes/process-end.ts";
import { type Running, supervise } from "../../../src/app/processes/supervise.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

/** Programs that end when they are told to, by hand. */
function byHand(): {
  start: () => Running;
  end: (ending: Partial<Ending>) => Promise<void>;
  starts: () => number;
} {
  let finish: (ending: Ending) => void = () => {};
  let starts = 0;
  return {
    start: () => {
      starts++;
      const ended = new Promise<Ending>((resolve) => {
        finish = resolve;
      });
      const stop = async (): Promise<void> => finish({ code: 0, signal: null });
      return { ended, stop, kill: () => finish({ code: null, signal: "SIGKILL" }) };
    },
    end: async (ending) => {
      finish({ code: null, signal: null, ...ending });
      await settle();
    },
    starts: () => starts,
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a program that dies is started again after 1, 2, 4 … and at most 30 seconds", async () => {
  const clock = virtualClock();
  const program = byHand();
  const waits: number[] = [];
  supervise(
    { start: program.start, isFinal: () => false, restarting: (_, waitMs) => waits.push(waitMs) },
    clock,
  );
  for (let i = 0; i < 7; i++) {
    await program.end({ code: 1 });
    assert.equal(program.starts(), i + 1);
    clock.advance(waits.at(-1)!);
    await settle();
    assert.equal(program.starts(), i + 2);
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("a program that ran for a minute is started again after one second", async () => {
  const clock = virtualClock();
  const program = byHand();
  const waits: number[] = [];
  supervise(
    { start: program.start, isFinal: () => false, restarting: (_, waitMs) => waits.push(waitMs) },
    clock,
  );
  for (const ranMs of [0, 59_999, 60_000]) {
    clock.advance(ranMs);
    await program.end({ code: 1 });
    clock.advance(waits.at(-1)!);
    await settle();
  }
  assert.deepEqual(waits, [1000, 2000, 1000]);
});

test("a final ending is told, and the program is not started again", async () => {
  const clock = virtualClock();
  const program = byHand();
  const kept = supervise(
    { start: program.start, isFinal: ({ code }) => code === 2, restarting: () => assert.fail() },
    clock,
  );
  await program.end({ code: 2 });
  assert.deepEqual(await kept.ended, { code: 2, signal: null });
  assert.equal(clock.pendingTimers(), 0);
});

test("stopped while it waits, it never starts again", async () => {
  const clock = virtualClock();
  const program = byHand();
  const kept = supervise({ start: program.start, isFinal: () => false, restarting: () => {} }, clock);
  await program.end({ signal: "SIGSEGV" });
  await kept.stop();
  assert.equal(await kept.ended, undefined);
  clock.advance(60_000);
  await settle();
  assert.equal(program.starts(), 1);
});

test("a real program killed from outside comes back as another process, until it is stopped", async () => {
  const pids: number[] = [];
  let onStart: () => void = () => {};
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      onStart = resolve;
    });
  const second = next();
  const quick = { ...systemClock, after: (_: number, work: () => void) => systemClock.after(1, work) };
  const kept = supervise(
    {
      start: () => {
        const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
          stdio: "ignore",
          ...OWN_GROUP,
        });
        pids.push(child.pid!);
        if (pids.length === 2) onStart();
        return {
          ended: endingOf(child),
          stop: () => endGently(child, () => child.kill("SIGTERM"), 5000),
          kill: () => killGroup(child),
        };
      },
      isFinal: () => false,
      restarting: (ending) => assert.equal(ending.signal, "SIGKILL"),
    },
    quick,
  );
  process.kill(pids[0]!, "SIGKILL");
  await second;
  await kept.stop();
  assert.equal(pids.length, 2);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("a program deaf to the wish to end is killed with all it has started, when its time is over", async () => {
  const deaf =
    "process.on('SIGTERM', () => {}); const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on(\"SIGTERM\", () => {}); setInterval(() => {}, 1000)'], { stdio: 'ignore' }); process.stdout.write(String(child.pid)); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, ["-e", deaf], { stdio: ["ignore", "pipe", "ignore"], ...OWN_GROUP });
  const grandchild = await new Promise<number>((resolve) =>
    child.stdout.once("data", (data) => resolve(Number(data))),
  );
  await endGently(child, () => child.kill("SIGTERM"), 100);
  assert.equal(child.signalCode, "SIGKILL");
  while (isAlive(grandchild)) await settle();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
