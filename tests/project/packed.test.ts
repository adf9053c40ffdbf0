import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { projectRoot } from "../support/project.ts";
import { tempFolder } from "../support/temp.ts";

const PARTS = ["stats", "backtest", "charts", "alerts", "store", "controls"];

const STATS = `import { adf, hedgeRatio, spread, type AdfResult } from "tickbook/stats";

const x = Float64Array.from({ length: 200 }, (_, t) => 100 + Math.sin(t / 3) + t / 50);
const y = x.map((price, t) => 2 * price + Math.cos(t));
const test: AdfResult = adf(spread(y, x, hedgeRatio(y, x)).values);
const p: number = test.pValue;
// @ts-expect-error a text is no column
export const refused = (): unknown => adf("x");
console.log(p >= 0 && p <= 1);
`;

const ALL = `${PARTS.map((part) => `import * as ${part} from "tickbook/${part}";`).join("\n")}
import { backtestPair, TickbookError } from "tickbook";

const run = backtestPair({ source: "sim:7", y: "ETHUSDT", x: "BTCUSDT", interval: "1m", bars: 300,
  entry: 2, size: { by: "equity", share: 1 }, costs: { feeBps: 1 } });
const view: charts.View = charts.equityChart(run);
const parts = [${PARTS.join(", ")}];
console.log(view.kind, parts.every((part) => part.TickbookError === TickbookError));
`;

describe("the packed package in a plain project", () => {
  let folder = "";
  const remove: (() => void)[] = [];
  before(() => {
    folder = tempFolder({ after: (work: () => void) => remove.push(work) } as never);
    const tarball = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
      cwd: projectRoot,
      encoding: "utf8",
      shell: process.platform === "win32",
    }).trim();
    const place = join(folder, "node_modules", "tickbook");
    mkdirSync(place, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, tarball), "-C", place, "--strip-components=1"]);
    write("package.json", JSON.stringify({ name: "plain", type: "module", private: true }));
    write("stats.ts", STATS);
    write("all.ts", ALL);
  });
  after(() => {
    for (const work of remove) work();
  });

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const node = (file: string): string =>
    execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" }).trim();
  /** What a project sees that has installed it: its dependencies, linked from those of this project. */
  const linked = (): void => {
    const { dependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
    for (const name of [...Object.keys(dependencies), "@types/node"]) {
      const place = join(folder, "node_modules", name);
      mkdirSync(dirname(place), { recursive: true });
      if (!existsSync(place)) symlinkSync(join(projectRoot, "node_modules", name), place, "junction");
    }
  };
  const compiled = (compiler: string, files: readonly string[], options: object): void => {
    const strict = { noEmit: true, strict: true, target: "es2023", types: ["node"], skipLibCheck: true };
    write("tsconfig.json", JSON.stringify({ compilerOptions: { ...strict, ...options }, files }));
    const program = join(projectRoot, "node_modules", compiler, "bin", "tsc");
    try {
      execFileSync(process.execPath, [program, "-p", "."], { cwd: folder, encoding: "utf8" });
    } catch (failed) {
      assert.fail(`${JSON.stringify(options)}: ${(failed as { stdout: string }).stdout}`);
    }
  };

  test("holds what runs and its typings: no tests, no notebooks, no data", () => {
    const place = join(folder, "node_modules", "tickbook");
    assert.deepEqual(readdirSync(place).sort(), ["LICENSE", "README.md", "dist", "package.json"]);
    const { dependencies } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
    for (const [name, version] of Object.entries<string>(dependencies))
      assert.doesNotMatch(version, /^(file|link|workspace|git)/, name);
  });

  test('import "tickbook/stats" runs by itself: it needs none of the dependencies', () => {
    assert.deepEqual(readdirSync(join(folder, "node_modules")), ["tickbook"]);
    assert.equal(node("stats.ts"), "true");
  });

  test("each part runs beside the whole, as one and the same", () => {
    linked();
    assert.equal(node("all.ts"), "chart true");
  });

  test("its types are found with moduleResolution node16, bundler and the older node10", () => {
    linked();
    const files = ["stats.ts", "all.ts"];
    compiled("typescript", files, { module: "node16", moduleResolution: "node16" });
    compiled("typescript", files, { module: "esnext", moduleResolution: "bundler" });
    compiled("typescript-kernel", files, { module: "esnext", moduleResolution: "node10" });
  });
});
