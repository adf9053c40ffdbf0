import fs from "node:fs";
import { SetupError } from "./errors.mjs";
import { npm, projectNode } from "./node.mjs";
import { inProject } from "./paths.mjs";
import { say, step } from "./progress.mjs";

/** Packages that the user has added for notebooks: a manifest of his own, which no update of the project touches. */
const folder = inProject("data", "packages");

/** Adds packages for notebooks, or takes them away; never among the project's own. */
export async function changePackages(verb, names) {
  const flag = names.find((name) => name.startsWith("-"));
  if (names.length === 0 || flag !== undefined) {
    throw new SetupError(
      `names of packages are needed; got ${flag ?? "none"}`,
      `For example: npm run ${verb} -- lodash`,
    );
  }
  fs.mkdirSync(folder, { recursive: true });
  const manifest = inProject("data", "packages", "package.json");
  if (!fs.existsSync(manifest))
    fs.writeFileSync(manifest, `${JSON.stringify({ private: true }, undefined, 2)}\n`);
  const listed = names.join(", ");
  const [doing, work] = verb === "add" ? ["adding", "install"] : ["removing", "uninstall"];
  await step(`${doing} ${listed}`, () =>
    npm(projectNode(), [work, "--save-exact", "--ignore-scripts", ...names], {
      cwd: folder,
      problem: `${doing} ${listed} failed`,
    }),
  );
  const used =
    verb === "add" ? "The next cell that runs can import it" : "Restart kernels that have imported it";
  say(`data/packages: ${verb === "add" ? "added" : "removed"} ${listed}. ${used}.`);
  return 0;
}
