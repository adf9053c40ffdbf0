import fs from "node:fs";
import path from "node:path";
import { runChecks } from "./checks.mjs";
import { SetupError } from "./errors.mjs";
import { projectNode } from "./node.mjs";
import { root } from "./paths.mjs";
import { say } from "./progress.mjs";
import { runTool } from "./run-program.mjs";
import { filesUnder } from "./stamp.mjs";

// A test with a JupyterLab or a browser of its own is named `….serial.test.ts` and has the machine to itself.
const serial = (file) => file.endsWith(".serial.test.ts");

// A file that hangs is ended, and counts as failed.
const mostMinutes = 15;

/** Runs the tests of a folder, or those that are named: with nothing named, format, lint and types come first. */
export async function runTests(folder, named) {
  const flags = named.filter((name) => name.startsWith("-"));
  const places = named.filter((name) => !name.startsWith("-"));
  if (places.length === 0) {
    say("Format, lint and types");
    const code = await runChecks();
    if (code !== 0) return code;
  }
  const long = path.join("tests", "long") + path.sep;
  const files = (places.length === 0 ? [folder] : places)
    .flatMap(testsAt)
    .map((file) => path.relative(root, file))
    .filter((file) => folder === "tests/long" || places.length > 0 || !file.startsWith(long));
  if (files.length === 0) {
    throw new SetupError(
      `tests are needed; there are none in ${places.join(", ") || folder}`,
      "Name a file or a folder under tests/",
    );
  }
  const parts = [
    { title: "Tests", files: files.filter((file) => !serial(file)), atOnce: 2 },
    { title: "Tests with JupyterLab and a browser", files: files.filter(serial), atOnce: 1 },
  ].filter((part) => part.files.length > 0);
  let worst = 0;
  for (const part of parts) {
    say(`${part.title}: ${part.files.length} files`);
    const code = await runTool(projectNode(), [
      "--test",
      `--test-concurrency=${part.atOnce}`,
      `--test-timeout=${mostMinutes * 60_000}`,
      ...flags,
      ...part.files,
    ]);
    worst = Math.max(worst, code);
  }
  if (parts.length > 1) say(worst === 0 ? "All tests passed." : "Some tests failed.");
  return worst;
}

function testsAt(place) {
  const found = path.resolve(root, place);
  if (!fs.existsSync(found)) {
    throw new SetupError(`a test file or folder is needed; ${place} is not there`, "Name one under tests/");
  }
  return fs.statSync(found).isDirectory() ? filesUnder(found, ".test.ts") : [found];
}
