import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, test } from "node:test";
import type { Leg } from "../../../src/analytics/backtest/types.ts";
import { readDescription } from "../../../src/app/study/config.ts";
import { backtestData } from "../../../src/app/study/data.ts";
import { codeFingerprint } from "../../../src/app/study/report/code-fingerprint.ts";
import { writeBacktestReport } from "../../../src/app/study/report/files.ts";
import { DEFAULT_RUN, flagsOf, withFlags } from "../../../src/app/study/report/flags.ts";
import { RUN_FLAGS } from "../../../src/app/study/report/run-flags.ts";
import { attachmentOf, sealPage } from "../../../src/app/study/report/seal.ts";
import { describedBy, verifyReport } from "../../../src/app/study/report/verify.ts";
import { type BacktestRun, type RunDescription, runDescribed } from "../../../src/app/study/run.ts";
import { readFlags } from "../../../src/app/terminal/flags.ts";
import { flagText } from "../../../src/app/terminal/typed.ts";
import { formatUtc } from "../../../src/core/time.ts";
import { type Ran, runScript } from "../../support/command.ts";
import { tempFolder } from "../../support/temp.ts";

const MADE_US = Date.UTC(2026, 10, 22) * 1000;
const BARS = 700;
/** Settings of the runs here; `source` is added when the bars are there. */
const SETTINGS = { hedge: "ols:200", window: "60" };

const run = (...args: string[]): Ran => runScript("report", args);

describe("npm run report", () => {
  let folder: string;
  let path: string;
  let html: string;
  let made: BacktestRun;
  let flags: Readonly<Record<string, string>>;
  const ends: (() => void)[] = [];

  before(async () => {
    folder = tempFolder({ after: (end: () => void) => ends.push(end) } as never);
    path = join(folder, "r.html");
    flags = { ...SETTINGS, source: barsFile(folder) };
    made = runDescribed(withFlags(DEFAULT_RUN, flags));
    await writeBacktestReport(made, path, MADE_US);
    html = readFileSync(path, "utf8");
  });
  after(() => {
    for (const end of ends) end();
  });

  const changed = (text: string, name = "changed.html"): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it("writes a report with CSV files beside it, by the command that stands in it, and verifies it", () => {
    const out = join(folder, "own.html");
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    const written = run(...args, "--out", out);
    assert.deepEqual([written.code, written.error], [0, ""]);
    const figures = written.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(figures.at(-1).totalReturn, made.performance.totalReturn);
    assert.equal(figures.at(-1).sharpe, null, "half a day says nothing of a year, as on the page");
    for (const name of ["trades", "fills", "equity"]) {
      assert.equal(
        readFileSync(join(folder, `own.${name}.csv`), "utf8"),
        readFileSync(join(folder, `r.${name}.csv`), "utf8"),
      );
    }
    const { command } = attachmentOf(html, "run") as { command: string };
    const typed = command.split(" -- ")[1]!.split(" ");
    assert.equal(run(...typed, "--out", join(folder, "again.html")).code, 0);
    const print = (file: string): unknown =>
      (attachmentOf(readFileSync(file, "utf8"), "run") as { print: unknown }).print;
    assert.deepEqual(print(join(folder, "again.html")), print(path));
    const verified = run("--verify", path);
    assert.equal(verified.code, 0);
    assert.match(
      JSON.parse(verified.out).sentence,
      /^identical: \d+ figures and \d+ series, made again from 700 bars of \S+\.csv, by /,
    );
  });

  it("has each round trip, fill and bar in its CSV, with the venue in every row", () => {
    const rows = (name: string): string[] =>
      readFileSync(join(folder, `r.${name}.csv`), "utf8")
        .trim()
        .split("\r\n");
    const { roundTrips, fills, equity } = made.result;
    assert.ok(roundTrips.length > 3);
    assert.equal(rows("trades").length, roundTrips.length + 1);
    assert.equal(rows("fills").length, fills.length + 1);
    assert.equal(rows("equity").length, 701);
    for (const name of ["trades", "fills", "equity"])
      for (const row of rows(name).slice(1)) assert.match(row, /^sim-seed7,simulated,/);
    const last = rows("equity").at(-1)!.split(",");
    assert.equal(
      Number(
        last[
          rows("equity")[0]!
            .split(",")
            .findIndex((head) => head.startsWith("equity"))
        ],
      ),
      equity.at(-1),
    );
  });

  it("says what differs when the description, a figure or the page was changed after it was made", () => {
    const entry = verifyReport(changed(html.replace('"entry":2,', '"entry":2.2,')));
    assert.equal(entry.isIdentical, false);
    assert.match(entry.differences[0]!.what, /^parameters/);
    assert.ok(entry.differences.some(({ what }) => what === "totalReturn"));
    assert.ok(entry.differences.some(({ what }) => what.startsWith("series equity")));
    assert.ok(entry.differences.some(({ what }) => what.startsWith("page")));

    const { totalReturn } = made.performance;
    const figure = verifyReport(changed(html.replace(`"totalReturn":${totalReturn}`, '"totalReturn":0.5')));
    assert.deepEqual(figure.differences[0], { what: "totalReturn", was: "0.5", is: String(totalReturn) });

    const shown = verifyReport(changed(html.replace("<h2>Data</h2>", "<h2>Great data</h2>")));
    assert.equal(shown.differences.length, 1);
    assert.match(shown.differences[0]!.was, /Great/);

    const resealed = changed(resealedPage(html.replace("<h2>Data</h2>", "<h2>Great data</h2>")));
    assert.equal(verifyReport(resealed).isIdentical, false, "a new seal does not help");

    const cost = verifyReport(changed(html.replace('"feeBps":2,', '"feeBps":1,')));
    assert.ok(cost.differences.some(({ what }) => what === "totalCosts"));
  });

  it("says of a report of 0.1 which rule has changed, where one that it followed has", () => {
    const older = (hedge: string): string =>
      changed(
        html.replace('"rules":2,', "").replace('"hedge":{"method":"fixed","calibrationBars":200}', hedge),
      );
    assert.match(
      verifyReport(older('"hedge":{"method":"rolling","window":200}')).sentence,
      /^not identical: .*A rule has changed since: a rolling line is refitted at each entry and kept until the exit/,
    );
    assert.match(
      verifyReport(older('"hedge":{"method":"rolling","window":200},"rehedge":0.1')).sentence,
      /^not identical: its settings can't be run any more, for a rule has changed since: a rolling line/,
    );
    assert.match(
      verifyReport(older('"hedge":{"method":"kalman","calibrationBars":200}')).sentence,
      /a Kalman hedge decides on its own innovations alone/,
    );
    assert.doesNotMatch(
      verifyReport(older('"hedge":{"method":"fixed","calibrationBars":210}')).sentence,
      /rule has changed/,
    );
  });

  it("says when the data or the code are others", () => {
    const { fingerprint } = made.data;
    const data = verifyReport(changed(html.replaceAll(fingerprint, "0".repeat(64))));
    assert.match(data.differences[0]!.what, /^data, SHA-256/);
    const ids = verifyReport(changed(html.replace(/("data of ETHUSDT: tradedBars":)\d+/, "$11")));
    assert.deepEqual(ids.differences.map(({ what, was }) => [what, was])[0], [
      "data of ETHUSDT: tradedBars",
      "1",
    ]);
    const { sources } = codeFingerprint();
    const code = verifyReport(changed(resealedPage(html.replaceAll(sources, "1".repeat(64)))));
    assert.equal(code.isIdentical, true);
    const older = html.replaceAll(sources, "1".repeat(64)).replace(/"totalReturn":[^,]*,/, "");
    assert.equal(verifyReport(changed(resealedPage(older))).isIdentical, true, "a figure that is new");
    assert.match(code.sentence, /by other code \(sources was "111111111111"/);
    const both = verifyReport(
      changed(html.replaceAll(sources, "1".repeat(64)).replace("<h2>Data", "<h2>Dat")),
    );
    assert.deepEqual(
      both.differences.map(({ what }) => what),
      ["page"],
    );
  });

  it("looks for the data where it is told, says where they are missing, and which data are others", () => {
    const bars = readFileSync(flags.source!, "utf8").split("\n");
    const moved = join(folder, "moved.csv");
    writeFileSync(moved, bars.join("\n"));
    assert.equal(verifyReport(path, moved).isIdentical, true);
    const row = bars[400]!.split(",");
    row[4] = String(1.01 * Number(row[4]));
    writeFileSync(moved, bars.with(400, row.join(",")).join("\n"));
    const [data] = verifyReport(path, moved).differences;
    assert.deepEqual([data!.what, data!.was], ["data, SHA-256", made.data.fingerprint.slice(0, 16)]);
    assert.throws(
      () => verifyReport(changed(html.replaceAll("bars.csv", "gone.csv"))),
      /changed\.html: needs the data that it was made from; there is no ".*gone\.csv" .* Pass --source FILE/,
    );
  });

  it("lines ended by CRLF on the way are no difference", () => {
    assert.equal(verifyReport(changed(html.replaceAll("\n", "\r\n"))).isIdentical, true);
  });

  it("refuses what is cut off, no report, or asks for what it must not, and runs nothing of it", () => {
    const refused = (text: string, expected: object | RegExp): void => {
      assert.throws(() => verifyReport(changed(text)), expected as object);
    };
    refused(html.slice(0, -300), { code: "cut-off" });
    refused(html.slice(0, 20_000), { code: "no-report" });
    refused("", { code: "no-report" });
    refused("<html>hello</html>", { code: "no-report" });
    refused(sealPage("<html><body></body>\n</html>\n"), { code: "no-report" });
    const planted = (value: unknown): string =>
      html.replace(
        /(<script type="application\/json" id="run">).*?(<\/script>)/s,
        (_, a, b) => `${a}${JSON.stringify(value).replaceAll("<", "\\u003c")}${b}`,
      );
    const attachment = attachmentOf(html, "run") as { description: RunDescription };
    const described = (description: unknown): string => planted({ ...attachment, description });
    const { data, strategy } = attachment.description;
    refused(planted({ ...attachment, print: { figures: [], series: null } }), { code: "no-report" });
    refused(planted({ ...attachment, madeUs: "now" }), { code: "no-report" });
    refused(described("mean reversion"), { code: "bad-description" });
    refused(described({ ...attachment.description, run: "rm" }), { code: "bad-description" });
    refused(described({ data: { ...data, source: "//host/share/x.csv" }, strategy }), { code: "bad-source" });
    refused(described({ data: { ...data, source: "https://example.org/x.csv" }, strategy }), {
      code: "bad-source",
    });
    refused(described({ data: { ...data, source: "../../../etc/passwd" }, strategy }), {
      code: "bad-source",
    });
    refused(described({ data: { ...data, y: 5 }, strategy }), { code: "bad-description" });
    refused(described({ data, strategy: { name: "constructor", settings: {} } }), {
      code: "unknown-strategy",
    });
    refused(described({ data, strategy: { ...strategy, settings: { ...strategy.settings, evil: 1 } } }), {
      code: "unknown-setting",
    });
    refused(described({ data, strategy: { name: strategy.name, settings: null } }), {
      code: "bad-description",
    });
    for (const depth of [2_000, 200_000]) {
      const deep = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
      refused(html.replace(/"settings":\{.*?\},"costs"/s, `"settings":${deep}},"costs"`), {
        code: "bad-description",
      });
    }
    assert.throws(() => verifyReport(folder), { code: "cannot-read" });
    const { code, error } = run("--verify", join(folder, "absent.html"));
    assert.equal(code, 2);
    assert.match(
      error,
      /^absent\.html: needs a file that can be read; .* gave ENOENT\. Pass the HTML[^\n]*\n$/,
    );
  });

  it("begins with the run of a report or of a JSON file, and flags change it", () => {
    const out = join(folder, "tweaked.html");
    const told = run("--config", path, "--entry", "1.5", "--out", out);
    assert.deepEqual([told.code, told.error], [0, ""]);
    const { entry, window } = describedBy(out).strategy.settings;
    assert.deepEqual([entry, window], [1.5, 60]);
    const file = join(folder, "run.json");
    writeFileSync(file, JSON.stringify(describedBy(path)));
    assert.deepEqual(readDescription(file), describedBy(path));
    writeFileSync(file, "{");
    assert.throws(() => readDescription(file), /run\.json: needs JSON that describes a run; got /);
    writeFileSync(file, JSON.stringify({ data: { y: "A", secret: 1 } }));
    assert.throws(
      () => readDescription(file),
      /run\.json: data can have source, venue, y, .*; got "secret"\./,
    );
  });

  it("says what it needs in one line", () => {
    const { code, error } = run("--out", "x.pdf", "--source", flags.source!);
    assert.equal(code, 2);
    assert.match(error, /^--out: needs a name that ends in \.html; got "x\.pdf"\. See --help\.\n$/);
    const wrong = (given: object, expected: RegExp): void =>
      assert.throws(() => runDescribed(withFlags(DEFAULT_RUN, { ...flags, ...given })), expected);
    wrong({ entry: "two" }, /--entry: needs a number; got "two"/);
    wrong({ entry: "0.2", exit: "0.5" }, /needs exit below entry/);
    wrong({ hedge: "magic:1" }, /--hedge: needs rolling:BARS/);
    wrong({ fee: "5000" }, /costs\.feeBps must be .*which is 50 %/);
    wrong({ window: "100000" }, /bars before the first decision can be taken; the market has 700/);
    const help = run("--help");
    assert.equal(help.code, 0);
    assert.match(help.out, /--half-spread BPS.*\(0\.5\)/);
  });

  it("an empty run is an honest report: no figure is made up, and it can be verified", async () => {
    const empty = runDescribed(withFlags(DEFAULT_RUN, { ...flags, entry: "7" }));
    assert.equal(empty.result.orders.length, 0);
    const file = join(folder, "empty.html");
    await writeBacktestReport(empty, file, MADE_US);
    const text = readFileSync(file, "utf8");
    assert.match(text, /The rule never traded in these 700 bars: there is nothing to judge\./);
    assert.doesNotMatch(text.replace(/<script[\s\S]*?<\/script>/g, ""), /NaN|undefined|Infinity/);
    assert.equal(verifyReport(file).isIdentical, true);
    assert.match(
      readFileSync(join(folder, "empty.trades.csv"), "utf8"),
      /^venue,venue_kind,side,[^\r\n]*\r\n$/,
    );
  });

  it("an account that is gone is said to be gone, and no ratio is made up", async () => {
    const flagsOfRuin = { ...flags, entry: "1", size: "equity:90", fee: "100" };
    const ruin = runDescribed(withFlags(DEFAULT_RUN, flagsOfRuin));
    const file = join(folder, "ruin.html");
    await writeBacktestReport(ruin, file, MADE_US);
    const text = readFileSync(file, "utf8").replace(/<script[\s\S]*?<\/script>/g, "");
    assert.match(text, /The account was gone at 2026-01-05 \d\d:\d\d(:\d\d)?\./);
    assert.doesNotMatch(text, /NaN|undefined|Infinity/);
    assert.equal(verifyReport(file).isIdentical, true);
  });

  // row 86
  it("symbols that are tags and formulas are text in the page and harmless in the CSV", async () => {
    const y = "=cmd(x)";
    const x = "</script><img src=x onerror=alert(1)>\u202e";
    const evil = join(folder, "evil.csv");
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const rows = Array.from({ length: 400 }, (_, i) => {
      const time = new Date(MADE_US / 1000 + i * 60_000).toISOString();
      return `${time},${100 + 3 * Math.sin(i / 9)},${50 + 0.01 * (i % 7)}`;
    });
    writeFileSync(evil, [`time,${quoted(y)},${quoted(x)}`, ...rows].join("\n"));
    const hostileFlags = {
      ...flags,
      source: evil,
      bars: "none",
      y,
      x,
      hedge: "beta:1",
      title: x,
      window: "30",
      entry: "1.2",
    };
    const file = join(folder, "evil.html");
    const hostile = runDescribed(withFlags(DEFAULT_RUN, hostileFlags));
    assert.ok(hostile.result.fills.length > 0);
    await writeBacktestReport(hostile, file, MADE_US);
    const text = readFileSync(file, "utf8");
    assert.doesNotMatch(text.replace(/<script>.*?<\/script>/gs, ""), /<img/);
    assert.doesNotMatch(text.replace(/<script.*?<\/script>/gs, ""), /\u202e/);
    assert.match(readFileSync(join(folder, "evil.fills.csv"), "utf8"), /,'=cmd\(x\),/);
    assert.equal(verifyReport(file).isIdentical, true);
    assert.deepEqual(describedBy(file).data.x, x);
  });
});

/** Bars of the seeded market as a file, which is read faster than it is simulated. */
function barsFile(folder: string): string {
  const { market, venue } = backtestData({ source: "sim:7", y: "ETHUSDT", x: "BTCUSDT", bars: BARS });
  const [y, x] = market.legs as [Leg, Leg];
  const rows = Array.from(market.startUs, (us, t) =>
    [venue.name, venue.kind, formatUtc(us), y.open[t], y.close[t], x.open[t], x.close[t]].join(","),
  );
  const path = join(folder, "bars.csv");
  writeFileSync(path, ["venue,venue_kind,time,eth_open,eth_close,btc_open,btc_close", ...rows].join("\n"));
  return path;
}

function resealedPage(html: string): string {
  return sealPage(html.replace(/<script type="application\/json" id="seal">.*?<\/script>\n/s, ""));
}

test("a number below 0 is a value of the flag before it", () => {
  const read = (...argv: string[]) => readFlags({ usage: "u", about: "", flags: RUN_FLAGS }, argv, () => {});
  assert.deepEqual(read("--exit", "-0.5", "--fee", "-.5"), { exit: "-0.5", fee: "-.5" });
  assert.throws(() => read("-0.5"), { code: "bad-flag" });
  assert.throws(() => read("--exit", "--fee", "1"), { code: "bad-flag" });
});

test("a flag that is given twice with two values is refused", () => {
  const read = (...argv: string[]) => readFlags({ usage: "u", about: "", flags: RUN_FLAGS }, argv, () => {});
  assert.throws(() => read("--fee", "1", "--fee=2"), {
    code: "bad-flag",
    message: /^--fee: needs one value; got "1" and "2"/,
  });
  assert.deepEqual(read("--fee", "1", "--fee", "1"), { fee: "1" });
});

test("flags say a run and a run its flags, for every kind of hedge and size", () => {
  for (const given of [
    {},
    { hedge: "ols:500", size: "notional:10000" },
    { hedge: "tls:500", size: "units:2" },
    { hedge: "rolling:300", rehedge: "0.05", size: "risk:0.01" },
    { hedge: "kalman:400", "z-score": "innovation", size: "risk:0.01,2" },
    { hedge: "kalman-ratio:1e-7,0.0001" },
    { hedge: "beta:-0.5", exit: "none", stop: "4", side: "long", neutral: "money" },
    { x: "none", "min-trades": "3", "max-bars": "50", title: "it's a 'test'" },
    { fee: "-0.5", exit: "-1", title: "-", y: "-A" },
    { financing: "100", cash: "5000", returns: "bar", "risk-free": "0.04", from: "2026-01-01" },
  ]) {
    const description = withFlags(DEFAULT_RUN, given);
    const flags = flagsOf(description);
    assert.ok(flags, JSON.stringify(given));
    assert.deepEqual(withFlags(DEFAULT_RUN, flags), description);
    // as it is typed, but for words in quotes
    if (!flagText(flags).includes("'"))
      assert.deepEqual(
        readFlags({ usage: "", about: "", flags: RUN_FLAGS }, flagText(flags).split(" "), () => {}),
        flags,
      );
    for (const [name, value] of Object.entries(given)) {
      if (value !== "none") assert.ok(flagText(flags).includes(`--${name}`), name);
    }
  }
  const { strategy } = DEFAULT_RUN;
  const more = {
    ...DEFAULT_RUN,
    strategy: { ...strategy, settings: { ...strategy.settings, liquidity: [{}, {}] } },
  };
  assert.equal(flagsOf(more), undefined);
});
