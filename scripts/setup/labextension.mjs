import fs from "node:fs";
import path from "node:path";
import { projectNode } from "./node.mjs";
import { inProject, root, state } from "./paths.mjs";
import { step } from "./progress.mjs";
import { filesUnder, hash, readStamp, textOf, writeStamp } from "./stamp.mjs";
import { removeFolder, tool } from "./tool.mjs";

const folder = inProject(".venv", "share", "jupyter", "labextensions", "tickbook");

const others = ["package-lock.json", "tsconfig.json", "scripts/setup/labextension.mjs"];

function wanted() {
  const own = filesUnder(inProject("labextension"), "");
  const sources = [
    ...new Set([...own, ...importedFrom(own), ...others.map((name) => inProject(name))]),
  ].sort();
  return hash(...sources.flatMap((file) => [path.relative(root, file), textOf(file)]));
}

/** The files that these import by relative paths, and what those import. */
function importedFrom(files) {
  const found = new Set(files);
  for (const file of found) {
    if (!file.endsWith(".ts")) continue;
    for (const [, name] of textOf(file).matchAll(/\bfrom\s+"(\.[^"]+)"/g)) {
      found.add(path.resolve(path.dirname(file), name));
    }
  }
  return [...found];
}

/** Vega's libraries as they are installed, three files for pages, as one module. */
function vegaModule() {
  const library = (name) => {
    const text = textOf(inProject("node_modules", name, "build", `${name}.min.js`));
    const plain = text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "");
    return `modules["${name}"] = ((module, exports, require, define) => {\n${plain}\nreturn module.exports;\n})(...fresh());`;
  };
  return [
    "const modules = {};",
    "const fresh = (module = { exports: {} }) => [module, module.exports, (name) => modules[name]];",
    ...["vega", "vega-lite", "vega-embed"].map(library),
    'export const vega = modules["vega"];',
    'export const vegaEmbed = modules["vega-embed"];',
    "",
  ].join("\n");
}

/** What JupyterLab reads of an extension: where its container of modules lies. */
const manifest = (key) => {
  const { name: _, ...given } = JSON.parse(textOf(inProject("labextension", "package.json")));
  const build = { load: `static/${key}/container.js`, extension: "./extension" };
  return { name: "tickbook", ...given, jupyterlab: { extension: true, outputDir: ".", _build: build } };
};

/** The page's modules, compiled into a folder. */
async function compile(inside) {
  const compiler = inProject("node_modules", "typescript", "bin", "tsc");
  const project = inProject("labextension", "tsconfig.json");
  await tool(projectNode(), [compiler, "-p", project, "--outDir", inside, "--pretty", "false"], {
    problem: "the sources in labextension/ do not compile",
    hint: "Mend what the compiler names above (npm run check says the same) and run the command again",
  });
  for (const name of ["container.js", "style.css", "served.css"]) {
    fs.copyFileSync(inProject("labextension", name), path.join(inside, name));
  }
  fs.writeFileSync(path.join(inside, "vega.js"), vegaModule());
}

/** Puts a folder that is finished in the place of the one before. */
function replace(folder, made) {
  removeFolder(folder);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  fs.renameSync(made, folder);
}

/** The front-end extension, compiled and put among JupyterLab's; its folder carries a hash, so that no browser keeps an old one. */
export const labextension = {
  isCurrent: () => readStamp(folder).wanted === wanted(),

  async make() {
    const made = state("labextension-new");
    const key = wanted();
    await step("JupyterLab extension", async () => {
      removeFolder(made);
      await compile(path.join(made, "static", key.slice(0, 12)));
      fs.writeFileSync(path.join(made, "package.json"), `${JSON.stringify(manifest(key.slice(0, 12)))}\n`);
      writeStamp(made, { wanted: key });
      replace(folder, made);
    });
  },
};

/** The same modules for `npm run serve`, which needs no Jupyter. */
export const page = {
  isCurrent: () => readStamp(state("page")).wanted === wanted(),

  async make() {
    const made = state("page-new");
    await step("page", async () => {
      removeFolder(made);
      await compile(made);
      writeStamp(made, { wanted: wanted() });
      replace(state("page"), made);
    });
  },
};
