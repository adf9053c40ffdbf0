import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { hostileCell, ways } from "../support/hostile.ts";
import { printedIn, startKernel, type TestKernel } from "../support/kernel.ts";

describe("nothing that a cell hands to the kernel", { timeout: 900_000 }, () => {
  let kernel: TestKernel;
  let values: string[] = [];
  before(async () => {
    kernel = await startKernel();
    const { reply } = await kernel.run(hostileCell);
    assert.equal(reply.status, "ok", reply.evalue);
    const { messages } = await kernel.run("console.log(JSON.stringify(Object.keys(hostile)))");
    values = JSON.parse(printedIn(messages, 1));
  });
  after(() => kernel.stop());

  for (const [index, [name, way]] of Object.entries(ways).entries()) {
    it(`keeps it from running the next cell: ${name}`, async () => {
      // every value in a sixteenth of the ways, each way with a sixteenth of the values
      for (const [k, value] of values.entries()) {
        if ((k + index) % every !== 0 || isNodesOwn(value, way)) continue;
        const { done } = await kernel.run(`{ const v = hostile[${JSON.stringify(value)}]!(); ${way} }`, {
          stopOnError: false,
          timeout: 5,
        });
        assert.ok(done, `${value}, ${name}: the cell never ended`);
        const next = await kernel.run("1 + 1", { timeout: 5 });
        assert.equal(
          printedIn(next.messages, next.messages.findLast(({ type }) => type === "execute_reply")!.run!),
          "2\n",
          `after ${value}, ${name}`,
        );
        // on a machine that is busy with other things, the second answer counts
        const seconds = next.seconds < 1 ? next.seconds : (await kernel.run("1 + 1", { timeout: 5 })).seconds;
        assert.ok(seconds < 1, `1 + 1 took ${seconds} s after ${value}, ${name}`);
      }
    });
  }
});

/** Node itself never ends when such an array is thrown and nobody catches it: V8 writes it down as text. */
const isNodesOwn = (value: string, way: string): boolean =>
  value === "an array without end" && /nextTick|queueMicrotask|setTimeout|reject|emit/.test(way);

/** 1 for all of them, which takes minutes. */
const every = Number(process.env.TICKBOOK_HOSTILE_EVERY ?? 16);
