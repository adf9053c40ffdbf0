import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { projectPython, projectRoot } from "../support/project.ts";

const folder = join(projectRoot, ".venv", "share", "jupyter", "labextensions", "tickbook");

test("the extension is where JupyterLab looks for it, whole, and brings Vega with it", () => {
  projectPython();
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    jupyterlab: { _build: { load: string; extension: string } };
  };
  assert.equal(manifest.name, "tickbook");
  const container = join(folder, manifest.jupyterlab._build.load);
  assert.match(readFileSync(container, "utf8"), /_JUPYTERLAB\.tickbook/);

  const inside = dirname(container);
  const modules = readdirSync(inside, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".js"),
  );
  const missing = modules
    .filter((name) => name !== "vega.js")
    .flatMap((name) =>
      [
        ...readFileSync(join(inside, name), "utf8").matchAll(/(?:from |import\( ?)(?:new URL\()?"([^"]+)"/g),
      ].map(([, to]) => [name, to!] as const),
    )
    // a bare name would be nobody's in a page
    .filter(([name, to]) => !existsSync(join(inside, dirname(name), to)));
  assert.deepEqual(missing, []);
  assert.ok(modules.includes(join("labextension", "src", "plugin.js")));

  const vega = readFileSync(join(inside, "vega.js"), "utf8");
  for (const name of ["vega", "vega-lite", "vega-embed"])
    assert.ok(vega.includes(`modules["${name}"] =`), name);
});
