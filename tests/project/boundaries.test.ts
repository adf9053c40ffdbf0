import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../support/project.ts";
import { importsOf, sourceFiles } from "../support/sources.ts";

/** What each layer may import, itself aside. `types`: only types. */
const MAY: Readonly<
  Record<string, { readonly layers: readonly string[]; readonly types?: readonly string[] }>
> = {
  core: { layers: [] },
  pipeline: { layers: ["core"] },
  analytics: { layers: ["core"] },
  render: { layers: ["core"], types: ["analytics"] },
  app: { layers: ["core", "pipeline", "analytics", "render"] },
  kernel: { layers: ["core", "pipeline", "analytics", "render", "app", "notebook"] },
  notebook: { layers: ["core", "pipeline", "analytics", "render", "app", "kernel"] },
  serve: { layers: ["core", "app", "notebook"] },
  index: { layers: ["core", "pipeline", "analytics", "render", "app", "notebook"] },
};

/** Each vendor is known in these places only. */
const VENDORS: Readonly<Record<string, readonly string[]>> = {
  ws: ["src/pipeline/net/socket.ts", "src/pipeline/exchange/"],
  "better-sqlite3": ["src/pipeline/store/", "src/pipeline/files/tables/sqlite-rows.ts"],
  "nodejs-polars": ["src/pipeline/polars.ts"],
  arquero: ["src/notebook/"],
  tslab: ["src/kernel/", "src/notebook/"],
  "typescript-kernel": ["src/kernel/"],
  zeromq: ["src/kernel/"],
  vega: [],
  "vega-lite": [],
  "vega-embed": [],
};

const PURE = ["src/core/", "src/analytics/", "src/render/"];
/** What reaches outside: files, sockets, clock, chance, environment, terminal. */
const IMPURE =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|process\.|console\.|fetch\()/;

const files = sourceFiles("src");

function layerOf(file: string): string {
  const [, layer] = file.split("/") as [string, string];
  return layer.endsWith(".ts") ? "index" : layer;
}

test("imports point one way between the layers", () => {
  const forbidden: string[] = [];
  for (const file of files) {
    const rule = MAY[layerOf(file)];
    assert.ok(rule, `${file} lies in no known layer`);
    for (const { file: target, typeOnly } of importsOf(file)) {
      if (target === undefined) continue;
      const layer = layerOf(target);
      const allowed =
        layer === layerOf(file) || rule.layers.includes(layer) || (typeOnly && rule.types?.includes(layer));
      if (!allowed) forbidden.push(`${file} imports ${target}`);
    }
  }
  assert.deepEqual(forbidden, []);
});

test("each vendor is imported in its own place only", () => {
  const forbidden: string[] = [];
  for (const file of files) {
    for (const { from, typeOnly } of importsOf(file)) {
      if (from.startsWith(".") || from.startsWith("node:")) continue;
      const vendor = from.startsWith("@") ? from.split("/").slice(0, 2).join("/") : from.split("/")[0]!;
      const places = VENDORS[vendor];
      const allowed = places?.some((place) => file.startsWith(place)) ?? false;
      if (!allowed && !(typeOnly && places !== undefined)) forbidden.push(`${file} imports ${from}`);
    }
  }
  assert.deepEqual(forbidden, []);
});

test("core, analytics and render are pure: no node modules, no clock, no chance, no environment, no terminal", () => {
  const forbidden: string[] = [];
  for (const file of files.filter((name) => PURE.some((folder) => name.startsWith(folder)))) {
    for (const { from } of importsOf(file))
      if (from.startsWith("node:")) forbidden.push(`${file} imports ${from}`);
    // comments aside, and template texts: a report carries a script for its reader's browser
    const text = readFileSync(join(projectRoot, file), "utf8");
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$|`(?:[^`\\]|\\.)*`/gm, "");
    const reach = IMPURE.exec(code);
    if (reach) forbidden.push(`${file} uses ${reach[0]}`);
  }
  assert.deepEqual(forbidden, []);
});
