import assert from "node:assert/strict";
import { test } from "node:test";
import { deskConfig, takeOnce } from "../../labextension/src/desk/config.ts";

const page = (text: string): Parameters<typeof deskConfig>[0] =>
  ({
    getElementById: (id: string) => (id === "jupyter-config-data" ? { textContent: text } : null),
  }) as never;

test("deskConfig reads the value of npm start, and nothing that is cut short", () => {
  const asked = { once: "ab12", notebook: "notebooks/live-monitor.ipynb" };
  assert.deepEqual(deskConfig(page(JSON.stringify({ tickbookDesk: asked }))), asked);
  for (const other of [{}, { tickbookDesk: { once: "", notebook: "a" } }, { tickbookDesk: { once: "a" } }]) {
    assert.equal(deskConfig(page(JSON.stringify(other))), undefined);
  }
});

test("takeOnce lets a browser run the cells once for each start", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const config = (once: string) => ({ once, notebook: "a.ipynb" });
  assert.deepEqual(
    ["a", "a", "b", "b"].map((once) => takeOnce(config(once), storage)),
    [true, false, true, false],
  );
});
