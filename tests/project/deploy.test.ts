import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COLLECT } from "../../src/app/commands/collect/flags.ts";
import { PUBLISH } from "../../src/app/commands/databases/publish.ts";
import { readFlags } from "../../src/app/terminal/flags.ts";
import { startProgram } from "../support/collector.ts";
import { dependenciesText, productionPackages } from "../support/licences.ts";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const read = (...path: string[]): string => readFileSync(join(projectRoot, ...path), "utf8");

const rules = read("deploy", "prometheus-rules.yml");
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!);
const UNIT = read("deploy", "tickbook-collector.service");
const DOCKERFILE = read("deploy", "Dockerfile");

test("rules and dashboard ask for metrics that there are", () => {
  const there = new Set(
    [
      ...read("src", "app", "collector", "metrics", "metrics-text.ts").matchAll(
        /"((?:tickbook|process)_\w+)"/g,
      ),
    ].map(([, name]) => name!),
  );
  const expressions = [...rules.matchAll(/expr: (.*)/g)].map(([, text]) => text!);
  const dashboard = JSON.parse(read("deploy", "grafana-dashboard.json")) as {
    panels: { targets: { expr: string }[] }[];
  };
  expressions.push(...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)));
  const asked = expressions.flatMap((text) => text.match(/\b(tickbook|process)_\w+/g) ?? []);
  assert.ok(asked.length > 25);
  assert.deepEqual(
    [...new Set(asked)].filter((name) => !there.has(name)),
    [],
  );
});

test("each alert is told in docs/operating.md, with what to do", () => {
  const text = read("docs", "operating.md");
  assert.deepEqual(
    alerts.filter((name) => !text.includes(`| \`${name}\` |`)),
    [],
  );
});

/** Whether a program can be run here. */
const has = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

test("the alert rules are sound by Prometheus' own tool, and fire when they should", {
  skip: !has("promtool") && "there is no promtool here",
}, (t) => {
  const file = join(projectRoot, "deploy", "prometheus-rules.yml");
  const checked = spawnSync("promtool", ["check", "rules", file], { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
  const cases = join(tempFolder(t), "cases.yml");
  writeFileSync(cases, read("tests", "fixtures", "prometheus-rules.yml").replace("RULES", file));
  const tried = spawnSync("promtool", ["test", "rules", cases], { encoding: "utf8" });
  assert.equal(tried.status, 0, tried.stdout + tried.stderr);
});

/** The unit as it would be with the project and its state in these folders. */
const unitAt = (folder: string): string =>
  UNIT.replaceAll("/opt/tickbook", projectRoot)
    .replaceAll("/var/lib/tickbook", folder)
    .replaceAll("/etc/tickbook", folder);

test("the unit is sound by systemd's own tool, and little exposed", {
  skip: !has("systemd-analyze") && "there is no systemd here",
}, (t) => {
  const file = join(tempFolder(t), "tickbook-collector.service");
  writeFileSync(file, unitAt("/var/lib/tickbook"));
  const checked = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  assert.deepEqual([checked.status, checked.stderr], [0, ""]);
  const exposed = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=25", file]);
  assert.equal(exposed.status, 0, String(exposed.stdout));
});

test("the unit's command collects, answers the image's health check, and ends with 0 at SIGTERM", async (t) => {
  const folder = tempFolder(t);
  writeFileSync(
    join(folder, "collector.json"),
    '{ "venue": "sim", "metrics-port": 0, "symbols": ["BTCUSDT"] }',
  );
  const [program, ...args] = /^ExecStart=(.*)$/m.exec(unitAt(folder))![1]!.split(" ");
  if (!existsSync(join(projectRoot, args[0]!))) return t.skip("not built: npm test builds first");
  // another kind of machine has another folder
  const collector = startProgram(t, existsSync(program!) ? program! : process.execPath, args);
  const { metricsPort } = await collector.until(({ event }) => event === "started");
  const [node, ...asks] = JSON.parse(/^ {2}CMD (\[.*\])$/m.exec(DOCKERFILE)![1]!) as string[];
  assert.equal(node, "node");
  const isHealthy = (): Promise<boolean> =>
    new Promise((resolve) => {
      const here = asks.map((text) => text.replace("9464", String(metricsPort)));
      execFile(process.execPath, here, (error) => resolve(error === null));
    });
  const endMs = performance.now() + 20_000;
  while (!(await isHealthy())) assert.ok(performance.now() < endMs, "it is never healthy");
  collector.child.kill("SIGTERM");
  assert.equal(await collector.ended, 0, collector.stderr());
  assert.equal(await isHealthy(), false);
  assert.ok(existsSync(join(folder, "binance.db")));
});

test("image and compose pass flags that there are, and copy what there is", () => {
  const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(DOCKERFILE)![1]!) as string[];
  const usual = JSON.parse(/^CMD (.*)$/m.exec(DOCKERFILE)![1]!) as string[];
  const composed = JSON.parse(/command: (\[.*\])/.exec(read("deploy", "compose.yaml"))![1]!) as string[];
  for (const flags of [usual, composed])
    assert.ok(readFlags(COLLECT, [...entry.slice(2), ...flags], () => {}));
  const copied = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names]) =>
    names!.split(" "),
  );
  const let_in = read(".dockerignore").split("\n");
  for (const name of copied.map((one) => one.replace("./", ""))) {
    assert.ok(existsSync(join(projectRoot, name)), name);
    assert.ok(let_in.includes(`!${name}`), name);
  }
});

test("the desk's compose file passes flags that there are, and its nodes get from it what their settings ask for", () => {
  const compose = read("deploy", "desk", "compose.yaml");
  const lists = (name: string): string[][] =>
    [...compose.matchAll(new RegExp(`^ +${name}: (\\[.*\\])$`, "gm"))].map(
      ([, list]) => JSON.parse(list!) as string[],
    );
  const entries = lists("entrypoint");
  const [collectors, relays] = [lists("command").slice(0, 2), lists("command").slice(2)];
  for (const flags of collectors)
    assert.ok(readFlags(COLLECT, ["--db", "/data/binance.db", ...flags], () => {}));
  assert.equal(entries.length, 2);
  for (const [i, [node, program, ...flags]] of entries.entries()) {
    assert.deepEqual([node, program], ["node", "dist/scripts/publish.js"]);
    const read = readFlags(PUBLISH, [...flags, ...relays[i]!], () => {});
    assert.ok(read);
  }
  const settings = read("deploy", "desk", "clickhouse.xml") + read("deploy", "desk", "users.xml");
  const asked = [...settings.matchAll(/from_env="(\w+)"/g)].map(([, name]) => name!);
  for (const name of asked.filter((one) => one !== "HOSTNAME"))
    assert.match(compose, new RegExp(`\\b${name}: `));
  const example = read("deploy", "desk", "secrets.example");
  for (const [, name] of compose.matchAll(/\$\{(\w+):\?\}/g))
    assert.match(example, new RegExp(`^${name}=$`, "m"));
  assert.ok(
    settings.includes(`<${/"--cluster", "(\w+)"/.exec(compose)![1]!}>`),
    "the cluster is the settings' own",
  );
});

test("docs/dependencies.md lists every production package with its licence, and each is a free one", () => {
  assert.equal(
    read("docs", "dependencies.md"),
    dependenciesText(),
    "node tests/support/licences.ts > docs/dependencies.md",
  );
  const free = /^(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Unlicense|MIT AND MPL-2\.0)$/;
  assert.deepEqual(
    productionPackages().filter(({ licence }) => !free.test(licence)),
    [],
  );
});

test("npm sbom makes a bill of materials with every production package", {
  skip: process.platform === "win32",
}, () => {
  const args = ["sbom", "--omit", "dev", "--package-lock-only", "--sbom-format", "cyclonedx"];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: projectRoot,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  assert.equal(status, 0, stderr);
  const { components } = JSON.parse(stdout) as {
    components: { name: string; group?: string; version: string }[];
  };
  const named = new Set(
    components.map(({ group, name, version }) => `${group ? `${group}/` : ""}${name} ${version}`),
  );
  const missing = productionPackages().filter(({ name, version }) => !named.has(`${name} ${version}`));
  assert.ok(
    missing.every(({ name }) => /^(node-|nodejs-polars-|undici-types|@.*\/)/.test(name)),
    JSON.stringify(missing),
  );
});
