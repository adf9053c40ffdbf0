import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type KernelRun, ofType, startKernel } from "../support/kernel.ts";

const counts = `const seen = globalThis as { interval?: number; chain?: number; once?: number };
setInterval(() => { seen.interval = (seen.interval ?? 0) + 1; }, 20);
const again = () => { seen.chain = (seen.chain ?? 0) + 1; setTimeout(again, 20); };
again();
const cleared = setInterval(() => console.log("cleared timers do not run"), 5);
clearInterval(cleared);
setTimeout((a: string, b: number) => console.log(a, b), 1, "with arguments", 2);
await new Promise((resolve) => setTimeout(resolve, 30));`;

const printed = ({ messages }: KernelRun): string =>
  ofType(messages, "stream")
    .map(({ content }) => content.text)
    .join("");

describe("timers of a cell", { timeout: 60_000 }, () => {
  it("end when the cell runs again, and run as ever until then", async () => {
    const kernel = await startKernel();
    try {
      const first = await kernel.run(counts, { cellId: "a" });
      assert.equal(first.reply.status, "ok", first.reply.evalue);
      assert.match(printed(first), /^with arguments 2\n$/);
      await kernel.run(counts, { cellId: "a" });
      const asked = await kernel.run(
        `Object.assign(seen, { interval: 0, chain: 0 });
await new Promise((resolve) => setTimeout(resolve, 400));
console.log(seen.interval, seen.chain);`,
        { cellId: "b" },
      );
      const [interval, chain] = printed(asked).split(" ").map(Number);
      for (const ticks of [interval!, chain!])
        assert.ok(ticks > 4 && ticks <= 21, `${ticks} ticks in 400 ms`);
      await kernel.run("1;", { cellId: "a" });
      const after = await kernel.run(
        `Object.assign(seen, { interval: 0, chain: 0 });
await new Promise((resolve) => setTimeout(resolve, 100));
console.log(seen.interval, seen.chain);`,
      );
      assert.equal(printed(after), "0 0\n");
    } finally {
      await kernel.stop();
    }
  });
});
