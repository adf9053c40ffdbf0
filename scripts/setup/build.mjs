import fs from "node:fs";
import path from "node:path";
import { projectNode } from "./node.mjs";
import { inProject, root, state } from "./paths.mjs";
import { step } from "./progress.mjs";
import { filesUnder, hash, readStamp, textOf, writeStamp } from "./stamp.mjs";
import { removeFolder, tool } from "./tool.mjs";

const folder = inProject("dist");

function wanted() {
  const sources = ["src", "scripts"].flatMap((name) => filesUnder(inProject(name), ".ts"));
  const settings = ["tsconfig.json", "tsconfig.build.json", "package-lock.json"].map((name) =>
    inProject(name),
  );
  return hash(...[...settings, ...sources].flatMap((file) => [path.relative(root, file), textOf(file)]));
}

/** The compiled package in dist/: made beside it, and put in its place when it is whole. */
export const build = {
  isCurrent: () => readStamp(folder).wanted === wanted(),

  async make() {
    const made = state("dist-new");
    const old = state("dist-old");
    const key = wanted();
    await step("build", async () => {
      removeFolder(made);
      const compiler = inProject("node_modules", "typescript", "bin", "tsc");
      await tool(
        projectNode(),
        [compiler, "-p", "tsconfig.build.json", "--outDir", made, "--pretty", "false"],
        {
          problem: "the TypeScript sources do not compile",
          hint: "Mend what the compiler names above (npm run check says the same) and run the command again",
        },
      );
      writeStamp(made, { wanted: key });
      removeFolder(old);
      if (fs.existsSync(folder)) fs.renameSync(folder, old);
      fs.renameSync(made, folder);
      removeFolder(old);
    });
  },
};
