import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const CODE = `import { adf } from "tickbook/stats";
import { equityChart } from "tickbook/charts";
import { backtestPair } from "tickbook";
const run = backtestPair({ source: "sim:7", y: "ETHUSDT", x: "BTCUSDT", interval: "1m", bars: 300,
  entry: 2, size: { by: "equity", share: 1 }, costs: { feeBps: 1 } });
console.log(adf(run.result.equity).nobs > 0, equityChart(run).kind);
`;

test("a packed tarball installs in an empty folder from the registry, and runs there", (t) => {
  const folder = tempFolder(t);
  // an npm that an older Node runs leaves out what asks for a newer one
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  const npm = (cwd: string, ...args: string[]): string =>
    execFileSync("npm", args, { cwd, encoding: "utf8", env, shell: process.platform === "win32" }).trim();
  try {
    npm(folder, "ping");
  } catch {
    return t.skip("SKIPPED: no npm registry can be reached");
  }
  const tarball = npm(projectRoot, "pack", "--silent", "--pack-destination", folder);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "plain", type: "module", private: true }),
  );
  npm(folder, "install", "--no-audit", "--no-fund", join(folder, tarball));
  writeFileSync(join(folder, "run.ts"), CODE);
  const said = execFileSync(process.execPath, ["run.ts"], { cwd: folder, encoding: "utf8" });
  assert.equal(said.trim(), "true chart");
});
