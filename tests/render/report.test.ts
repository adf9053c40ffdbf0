import assert from "node:assert/strict";
import { test } from "node:test";
import { candleChart } from "../../src/render/chart/pair/candles.ts";
import { type Report, type ReportRuntime, renderReport } from "../../src/render/report.ts";
import type { TableData } from "../../src/render/table-data.ts";
import { real, simulated, walkBars } from "../support/bars.ts";

const runtime: ReportRuntime = {
  scripts: [
    { source: "first()", sha256: "AAAA" },
    { source: "second()", sha256: "BBBB" },
  ],
  licences: [{ names: ["lib 1.0.0"], text: "Copyright <someone>" }],
};
const report = (more: Partial<Report> = {}): Report => ({
  title: "A pair",
  venue: simulated,
  coverage: "All 30 trade ids in the window are stored.",
  sections: [{ heading: "Prices", views: [candleChart(walkBars(3))] }],
  generatedUs: Date.UTC(2026, 10, 22) * 1000,
  provenance: { command: "npm run report" },
  ...more,
});

test("renderReport allows the scripts whose hash it was given, and nothing else", () => {
  const html = renderReport(report(), runtime);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
    .exec(html)![1]!
    .replaceAll("&#39;", "'");
  assert.match(policy, /^default-src 'none'; script-src 'sha256-AAAA' 'sha256-BBBB'; /);
  assert.ok(!/unsafe-eval|script-src[^;]*unsafe-inline|https?:|\*/.test(policy));
  assert.ok(html.indexOf("Content-Security-Policy") < html.indexOf("<script"));
});

test("renderReport escapes every text it is given, and keeps data inside its script elements", () => {
  const evil = `</script><!--<script>alert(1)</script><img src=x onerror="alert('1')">\u2028`;
  const bars = { ...walkBars(3), symbol: evil };
  const html = renderReport(
    report({
      title: evil,
      subtitle: evil,
      coverage: evil,
      venue: { ...simulated, detail: evil },
      provenance: { [evil]: evil },
      sections: [
        {
          heading: evil,
          text: evil,
          views: [candleChart(bars)],
          tables: [{ length: 1, caption: evil, columns: [{ name: evil, values: [evil] }] }],
        },
      ],
    }),
    { ...runtime, licences: [{ names: [evil], text: evil }] },
  );
  assert.ok(!html.includes("<img") && !html.includes("<!--") && !html.includes("<script>alert"));
  // two data blocks and two programs
  assert.equal(html.match(/<script/g)!.length, 4);
  assert.equal(html.match(/<\/script/g)!.length, 4);
  for (const [, json] of html.matchAll(/<script type="application\/json"[^>]*>(.*?)<\/script>/gs)) {
    assert.ok(!/[<>&\u2028\u2029]/.test(json!));
    JSON.parse(json!);
  }
});

test("renderReport names a venue which is not real before everything else, and a real one quietly", () => {
  const html = renderReport(report(), runtime);
  assert.ok(html.includes('<p class="venue">SIMULATED · seed 7</p>'));
  assert.ok(html.indexOf('class="venue"') < html.indexOf("<main>"));
  const genuine = renderReport(report({ venue: real, sections: [] }), runtime);
  assert.ok(genuine.includes("venue: binance") && !genuine.includes('class="venue"'));
});

test("renderReport says how complete the data are, when it was made, and how", () => {
  const html = renderReport(report(), runtime);
  for (const part of [
    "All 30 trade ids in the window are stored.",
    "made 2026-11-22 00:00:00; all times are UTC",
    "npm run report",
    "Copyright &lt;someone&gt;",
  ]) {
    assert.ok(html.includes(part), part);
  }
});

test("the command that makes a report is never cut off", () => {
  const command = `npm run report -- --source ${"folder/".repeat(30)}binance.db`;
  assert.ok(
    renderReport(report({ provenance: { command } }), runtime).includes(`<td class="w">${command}</td>`),
  );
});

test("the same report gives the same bytes", () => {
  assert.equal(renderReport(report(), runtime), renderReport(report(), runtime));
});

test("renderReport refuses a script that would end its own element", () => {
  for (const source of ["a</SCRIPT>", "<!--", "a\r\nb"]) {
    assert.throws(() => renderReport(report(), { ...runtime, scripts: [{ source, sha256: "A" }] }), {
      code: "bad-script",
    });
  }
});

test("a table beside the charts stands with them, behind tiles and before the tables of the section", () => {
  const table = (caption: string): TableData => ({
    length: 1,
    caption,
    columns: [{ name: "v", values: [1] }],
  });
  const chart = { kind: "chart", spec: { mark: "line" }, label: "a line" } as const;
  const tile = { kind: "html", html: "<b>tile</b>", text: "tile" } as const;
  const section = {
    heading: "Rule",
    views: [chart, tile],
    beside: table("beside"),
    tables: [table("below")],
  };
  const html = renderReport(report({ sections: [section] }), runtime);
  const places = [
    "<b>tile</b>",
    '<div class="beside">',
    "<figure",
    "<aside>",
    "beside</caption>",
    "below</caption>",
  ].map((part) => html.indexOf(part));
  assert.ok(
    places.every((place, i) => place > (places[i - 1] ?? 0)),
    String(places),
  );
});
