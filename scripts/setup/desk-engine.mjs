import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { nodeForNpm, npm } from "./node.mjs";
import { inProject, state } from "./paths.mjs";
import { say, step } from "./progress.mjs";
import { hash, readStamp, textOf, writeStamp } from "./stamp.mjs";
import { runTests } from "./tests.mjs";

const asked = inProject("tests", "desk", "engine", "package.json");
const folder = state("desk-engine");

// Without a lock: its makers' list of platforms is longer than what a registry has, and npm ci then refuses.
const wanted = () => hash(textOf(asked), process.platform, process.arch);

/** ClickHouse's engine, for tests alone, in a folder of its own: 548 MB. */
async function install() {
  if (readStamp(folder).wanted === wanted()) return;
  const node = await nodeForNpm();
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.copyFileSync(asked, path.join(folder, "package.json"));
  await step("ClickHouse's engine for the tests (548 MB)", () =>
    npm(node, ["install", "--no-package-lock"], {
      cwd: folder,
      problem: "installing ClickHouse's engine failed",
    }),
  );
  writeStamp(folder, { wanted: wanted() });
}

const has = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);

/** The tests of what works on a server: `npm run test:desk`. */
export async function runDeskTests(named) {
  const machine = `${process.platform}-${process.arch}`;
  if (!has.has(machine)) {
    say(`SKIPPED: the tests of tests/desk. ClickHouse's engine is not there for ${machine}.`);
    return 0;
  }
  try {
    await install();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    for (const line of error.lastLines) say(`    ${line}`);
    say(`SKIPPED: the tests of tests/desk. ClickHouse's engine could not be installed: ${error.message}.`);
    return 0;
  }
  // by name: format, lint and types are of npm test
  return await runTests(
    "tests/desk",
    named.some((name) => !name.startsWith("-")) ? named : [...named, "tests/desk"],
  );
}
