import fs from "node:fs";
import { nodeForNpm, npm, projectNode, removeNodeForNpm } from "./node.mjs";
import { inProject, root } from "./paths.mjs";
import { step } from "./progress.mjs";
import { hash, readStamp, removeStamp, textOf, writeStamp } from "./stamp.mjs";
import { tool } from "./tool.mjs";

const folder = inProject("node_modules");

const wanted = () =>
  hash(
    textOf(inProject("package.json")),
    textOf(inProject("package-lock.json")),
    machineNode(),
    process.platform,
    process.arch,
  );

/** Where the machine's own Node serves, which one: the project's lies inside the folder that this is about. */
const machineNode = () => {
  const node = projectNode();
  return node.startsWith(folder) ? "" : node;
};

// npm rewrites this file whenever it changes the folder, for example in a bare `npm install`.
const installed = () => hash(textOf(inProject("node_modules", ".package-lock.json")));

/** The npm packages, exactly as locked, installed under a Node that npm does not leave anything out on. */
export const dependencies = {
  isCurrent() {
    const stamp = readStamp(folder);
    return stamp.wanted === wanted() && stamp.installed === installed() && fs.existsSync(ownPlace());
  },

  async make() {
    const node = await nodeForNpm();
    removeStamp(folder);
    await step("npm packages", () =>
      npm(node, ["ci", "--include=dev", "--include=optional"], {
        cwd: root,
        problem: "installing the npm packages failed",
      }),
    );
    linkItself();
    await step("checking that the native packages load", () =>
      tool(projectNode(), ["--input-type=module", "--eval", loadNative()], {
        problem: "a native package does not load",
        hint: "Some npm 9 leave it out (npm install --global npm@10), or the machine lacks what it needs (on Linux, glibc 2.31 or newer). Mend that and run the command again",
      }),
    );
    removeNodeForNpm();
    writeStamp(folder, { wanted: wanted(), installed: installed() });
  },
};

const ownPlace = () => inProject("node_modules", JSON.parse(textOf(inProject("package.json"))).name);

/** Programs that know no `exports`, as a plain tslab, find the package by its name like any other. */
function linkItself() {
  const place = ownPlace();
  if (!fs.existsSync(place)) fs.symlinkSync(process.platform === "win32" ? root : "..", place, "junction");
}

function loadNative() {
  const asked = Object.keys(JSON.parse(textOf(inProject("package.json"))).dependencies ?? {});
  const uses = {
    "better-sqlite3": "new (await import('better-sqlite3')).default(':memory:').close();",
    "nodejs-polars": "(await import('nodejs-polars')).default.DataFrame({ a: [1] });",
    zeromq: "await import('zeromq');",
  };
  return asked.map((name) => uses[name] ?? "").join("\n");
}
