import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { root } from "./paths.mjs";
import { say } from "./progress.mjs";

/**
 * Brings the project up to date without colliding with what was changed in its notebooks: an edited one is kept in
 * notebooks/own, which git does not see; one that was only run and saved is put back.
 */
export function updateProject(args, folder = root) {
  if (args.length > 0) throw new SetupError(`nothing is taken here; got ${args[0]}`, "Leave it out");
  const git = (...given) => {
    try {
      return execFileSync("git", given, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    } catch (problem) {
      const said = String(problem.stderr ?? problem.message)
        .trim()
        .split("\n")
        .at(-1);
      throw new SetupError(`git ${given[0]} failed: ${said}`, "Mend that, and run npm run update again");
    }
  };
  const changed = git("diff", "--name-only", "HEAD", "--", "notebooks").split("\n").filter(Boolean);
  for (const name of changed) {
    const kept = textOf(path.join(folder, name)) !== undefined && isEdited(name, folder, git);
    if (kept) keep(name, folder);
    git("checkout", "HEAD", "--", name);
  }
  const before = git("rev-parse", "HEAD");
  git("pull", "--ff-only", "--quiet");
  say(
    git("rev-parse", "HEAD") === before
      ? "Nothing newer."
      : "Updated; the next command sets up what has changed.",
  );
  return 0;
}

function isEdited(name, folder, git) {
  if (!name.endsWith(".ipynb")) return true;
  return sources(textOf(path.join(folder, name))) !== sources(git("show", `HEAD:${name}`));
}

/** What a person has written in a notebook, without what running it has added. */
function sources(text) {
  try {
    return JSON.stringify(
      JSON.parse(text).cells.map(({ cell_type, source }) => [cell_type, [source].flat().join("")]),
    );
  } catch {
    return text;
  }
}

function keep(name, folder) {
  const { name: base, ext } = path.parse(name);
  const own = path.join(folder, "notebooks", "own");
  fs.mkdirSync(own, { recursive: true });
  const free = (n) => path.join(own, `${base}${n === 1 ? "" : `-${n}`}${ext}`);
  let n = 1;
  while (fs.existsSync(free(n))) n++;
  fs.copyFileSync(path.join(folder, name), free(n));
  say(`${name}: your version is ${path.relative(folder, free(n))}; the project's stands in its place again.`);
}

function textOf(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
