import fs from "node:fs";
import path from "node:path";
import { runChecks } from "./checks.mjs";
import { SetupError } from "./errors.mjs";
import { projectNode } from "./node.mjs";
import { root, state } from "./paths.mjs";
import { print, say } from "./progress.mjs";
import { askedToStop, runTool } from "./run-program.mjs";
import { sideBySide } from "./side-by-side.mjs";
import { filesUnder, textOf } from "./stamp.mjs";
import { removeFolder } from "./tool.mjs";

// A test that looks at JupyterLab through a browser is named `….serial.test.ts`; these run one after another in one
// process, where they share what takes seconds to start (tests/support/lab.ts).
const chain = "….serial.test.ts";
const serial = (file) => file.endsWith(".serial.test.ts");

/**
 * Folders whose tests share a process, of which each would take a tenth of a second to start: what they test touches
 * nothing that another test could see. The innermost counts.
 */
export const shared = [
  "tests/analytics",
  "tests/analytics/backtest",
  "tests/core",
  "tests/pipeline/archive",
  "tests/pipeline/bars",
  "tests/pipeline/exchange",
  "tests/pipeline/files",
  "tests/pipeline/import",
  "tests/pipeline/store",
  "tests/pipeline/venues",
  "tests/render",
];

// A file that hangs is ended, and counts as failed. An hour of a session, or a year of a market, takes its time.
const mostMinutes = (files) => (files.some((file) => file.startsWith(path.join("tests", "long"))) ? 150 : 15);

/** Runs the tests of a folder, or those that are named: with nothing named, format, lint and types beside them. */
export async function runTests(folder, named) {
  const since = performance.now();
  const flags = named.filter((name) => name.startsWith("-"));
  const places = named.filter((name) => !name.startsWith("-"));
  const files = filesOf(folder, places);
  say(`Tests: ${files.length} files${places.length === 0 ? "; beside them format, lint and types" : ""}`);
  const checks = places.length === 0 ? runChecks() : Promise.resolve(0);
  tidyCompiled();
  const times = lastTimes();
  // Those that run one at a time are the longest chain: it begins at once.
  const length = ({ name, isAlone }) => (isAlone ? 1e6 : 0) + (times[name] ?? 1e3);
  const jobs = jobsOf(files)
    .map((job) => ({ ...job, run: () => runFiles(job, flags) }))
    .sort((a, b) => length(b) - length(a));
  const results = await sideBySide(jobs, () => askedToStop() !== undefined);
  const checked = await checks;
  keepTimes({ ...times, ...Object.fromEntries(results.map(({ name, seconds }) => [name, seconds])) });
  const failed = results.filter(({ code }) => code !== 0);
  say(`${sums(results)} in ${files.length} files, ${((performance.now() - since) / 1000).toFixed(1)} s`);
  for (const { faulty } of failed) for (const file of faulty) say(`  ✗ ${file}`);
  if (checked !== 0) say("  ✗ format, lint and types");
  const begun = results.reduce((sum, job) => sum + job.files.length, 0);
  if (begun < files.length) say(`  ${files.length - begun} files were not begun`);
  const worst = Math.max(checked, ...results.map(({ code }) => code));
  return begun < files.length ? Math.max(worst, 1) : worst;
}

/** What runs in a process each: a file, or all that is asked for of a folder whose tests share one. */
export function jobsOf(files) {
  const jobs = new Map();
  for (const file of files) {
    const own = file.split(path.sep).join("/");
    const folder = shared.filter((one) => own.startsWith(`${one}/`)).sort((a, b) => b.length - a.length)[0];
    const name = serial(file) ? chain : (folder ?? file);
    if (!jobs.has(name)) jobs.set(name, { name, isAlone: serial(file), files: [] });
    jobs.get(name).files.push(file);
  }
  return [...jobs.values()].map((job) => (job.files.length > 1 ? job : { ...job, name: job.files[0] }));
}

function filesOf(folder, places) {
  // these have commands of their own
  const apart = ["long", "desk"].map((name) => path.join("tests", name) + path.sep);
  const files = (places.length === 0 ? [folder] : places)
    .flatMap(testsAt)
    .map((file) => path.relative(root, file))
    .filter(
      (file) => folder !== "tests" || places.length > 0 || !apart.some((place) => file.startsWith(place)),
    );
  if (files.length > 0) return files;
  throw new SetupError(
    `tests are needed; there are none in ${places.join(", ") || folder}`,
    "Name a file or a folder under tests/",
  );
}

function testsAt(place) {
  const found = path.resolve(root, place);
  if (!fs.existsSync(found)) {
    throw new SetupError(`a test file or folder is needed; ${place} is not there`, "Name one under tests/");
  }
  return fs.statSync(found).isDirectory() ? filesUnder(found, ".test.ts") : [found];
}

// Node takes the types off its sources once, not once in each of the many processes that tests start.
const compiled = state("compiled");
const mostCompiled = 10_000;

/** The cache keeps what no source says any longer: now and then it begins anew. */
function tidyCompiled() {
  if (filesUnder(compiled, "").length > mostCompiled) removeFolder(compiled);
}

/** Runs test files in a process of their own, and prints its lines together. */
async function runFiles({ name, files }, flags) {
  const since = performance.now();
  const together = files.length > 1 ? ["--test", "--test-isolation=none"] : [];
  const args = [...together, "--test-reporter=spec", ...flags, ...files];
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled };
  const { code, text } = await runTool(projectNode(), args, { env, withinMs: mostMinutes(files) * 60_000 });
  const seconds = (performance.now() - since) / 1000;
  const many = files.length > 1 ? `${files.length} files, ` : "";
  print(`${name} (${many}${seconds.toFixed(1)} s)\n${coloured(text.replace(countLine, ""))}`);
  if (code !== 0) say(`${name}: ended with code ${code} after ${seconds.toFixed(0)} s`);
  const counts = Object.fromEntries(
    [...text.matchAll(countLine)].map(([, what, count]) => [what, Number(count)]),
  );
  return { name, files, faulty: faultyIn(text, name, files), seconds, code, counts };
}

/** The files whose tests have failed, by the places that Node prints; the job's name where it prints none. */
function faultyIn(text, name, files) {
  const places = [...text.matchAll(/^test at (.+):\d+:\d+$/gm)].map(([, file]) => file);
  const faulty = files.filter((file) => places.includes(file));
  return faulty.length > 0 ? faulty : [name];
}

const countLine = /^ℹ (\w+) ([\d.]+)\n/gm;

function sums(results) {
  const sum = (what) => results.reduce((total, { counts }) => total + (counts[what] ?? 0), 0);
  const parts = ["fail", "cancelled", "skipped", "todo"].filter((what) => sum(what) > 0);
  return [
    `${sum("tests")} tests: ${sum("pass")} passed`,
    ...parts.map((what) => `${sum(what)} ${what}`),
  ].join(", ");
}

const colours = { "✔": 32, "✖": 31, "﹣": 90 };

const coloured = (text) =>
  process.stdout.isTTY && process.env.NO_COLOR === undefined
    ? text.replace(
        /^(\s*)([✔✖﹣])(.*)$/gm,
        (_, indent, sign, rest) => `${indent}\u001b[${colours[sign]}m${sign}${rest}\u001b[0m`,
      )
    : text;

const timesFile = state("test-times.json");

/** How long each file took when it ran last, in seconds: the longest begin first. */
function lastTimes() {
  try {
    return JSON.parse(textOf(timesFile));
  } catch {
    return {};
  }
}

function keepTimes(times) {
  const rounded = Object.entries(times).map(([file, seconds]) => [file, Math.round(seconds * 10) / 10]);
  fs.writeFileSync(timesFile, JSON.stringify(Object.fromEntries(rounded.sort())));
}
