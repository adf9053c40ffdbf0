import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { layoutsIn } from "../../../src/notebook/controls/layouts.ts";
import { tempFolder } from "../../support/temp.ts";

const MORNING = {
  panels: { pair: "main", alerts: "hidden" },
  controls: { y: "ETHUSDT", threshold: 2 },
} as const;

test("layouts are saved by name in a file, and another session finds them", (t) => {
  const file = join(tempFolder(t), "new", "desk-layouts.json");
  layoutsIn(file).save("morning", MORNING);
  layoutsIn(file).save("night", { panels: {}, controls: {} });
  const later = layoutsIn(file);
  assert.deepEqual(later.names(), ["morning", "night"]);
  assert.deepEqual(later.open("morning"), MORNING);
  later.remove("night");
  assert.deepEqual(later.names(), ["morning"]);
  assert.equal((JSON.parse(readFileSync(file, "utf8")) as { version: number }).version, 1);
});

test("a name that is none, a layout that is not there, and a file that is something else are refused", (t) => {
  const folder = tempFolder(t);
  const layouts = layoutsIn(join(folder, "desk-layouts.json"));
  for (const name of ["", "  ", "a\nb", "x".repeat(61), "__proto__"])
    assert.throws(() => layouts.save(name, MORNING), { code: "layout-name" }, name);
  assert.throws(() => layouts.open("noon"), /no layout is named "noon"; there are none/);
  mkdirSync(folder, { recursive: true });
  for (const text of ["{", "[]", '{"layouts": 3}']) {
    writeFileSync(layouts.file, text);
    assert.throws(() => layouts.save("noon", MORNING), { code: "bad-layouts" }, text);
    assert.equal(readFileSync(layouts.file, "utf8"), text, "it is left as it was");
  }
});
