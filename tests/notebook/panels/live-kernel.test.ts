import assert from "node:assert/strict";
import { test } from "node:test";
import { LIVE, VIEW_MIME } from "../../../src/notebook/page/live-messages.ts";
import { ofType, startKernel } from "../../support/kernel.ts";

test("a kernel answers a page with its panels, and from then on tells of changes by broadcast", async () => {
  const kernel = await startKernel();
  try {
    const ask = async (id: string, ...panels: string[]): Promise<Record<string, unknown>[]> => {
      const { messages } = await kernel.request("comm_open", {
        comm_id: id,
        target_name: LIVE,
        data: { panels },
      });
      return ofType(messages, "comm_msg")
        .filter(({ content }) => content.comm_id === id)
        .flatMap(({ content }) => content.data.panels);
    };
    assert.deepEqual(await ask("c0", "gone"), [], "a kernel without panels has no answer");
    await kernel.run(`import { live } from "tickbook";
let n = 0;`);
    const started = await kernel.run(
      `live("quick", () => ({ kind: "html", html: "<b>" + ++n + "</b>", text: String(n) }), { refreshMs: 50 });`,
      { cellId: "a" },
    );
    const [shown] = ofType(started.messages, "display_data");
    const { panel, state } = shown!.content.data[VIEW_MIME];
    assert.equal(state, "live");

    const [known, unknown] = await ask("c1", panel, "gone");
    assert.equal(known?.state, "live");
    assert.match(JSON.stringify(known?.view), /<b>\d+<\/b>/);
    assert.equal(unknown?.state, "unknown");
    const heard = await kernel.listen(0.4);
    assert.deepEqual(ofType(heard, "update_display_data"), []);
    const told = ofType(heard, "comm_msg").filter(({ content }) => content.comm_id === LIVE);
    assert.ok(told.length >= 3, `${told.length} pictures in 0.4 s`);

    await kernel.run(`live("other", () => "x", { refreshMs: 1000 });`, { cellId: "a" });
    const [ended] = await ask("c2", panel);
    assert.equal(ended?.state, "stopped", "the cell that started it was run again");
    assert.match(JSON.stringify(ended?.view), /its cell runs again/);
  } finally {
    await kernel.stop();
  }
});
