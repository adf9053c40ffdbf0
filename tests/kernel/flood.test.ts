import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ofType, startKernel } from "../support/kernel.ts";

// row 88
describe("a cell that knows no end", { timeout: 60_000 }, () => {
  it("that prints 500 MB is shown 10 MB and told so; one that loops for ever is stopped; the kernel goes on", async () => {
    const kernel = await startKernel();
    try {
      const { reply, messages } = await kernel.run(
        `const megabyte = "x".repeat(1e6);
for (let i = 0; i < 500; i++) console.log(megabyte);`,
      );
      assert.equal(reply.status, "ok");
      const printed = ofType(messages, "stream").map(({ content }) => content.text as string);
      assert.equal(
        printed.join("").slice(10_000_000),
        "\n… what this cell prints beyond 10 MB is not shown. Write it to a file.\n",
      );
      const looped = await kernel.run(`${kernel.begun}; for (;;) {}`, { interruptOnceBegun: true });
      assert.equal(looped.reply.ename, "Interrupted");
      const after = await kernel.run(
        `console.log("as ever", Math.round(process.memoryUsage().rss / 1e6) < 1000);`,
      );
      assert.equal(ofType(after.messages, "stream")[0]?.content.text, "as ever true\n");
    } finally {
      await kernel.stop();
    }
  });
});
