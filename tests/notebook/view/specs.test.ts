import assert from "node:assert/strict";
import { test } from "node:test";
import { ownBundle, specView } from "../../../src/notebook/view/specs.ts";

const data = { values: [{ a: 1 }] };
const encoding = { x: { field: "a", type: "quantitative" } };
const vega = (value: unknown): boolean =>
  "application/vnd.vega.v5+json" in ((ownBundle(value) ?? {}) as object);

test("what says its schema is a chart of it, and of no other", () => {
  const of = (name: string): object => ({
    $schema: `https://vega.github.io/schema/${name}/v6.json`,
    marks: [],
  });
  assert.equal(specView(of("vega-lite"))?.kind, "chart");
  assert.equal(vega(of("vega")), true);
  assert.deepEqual(
    [specView(of("vega")), vega(of("vega-lite")), specView(of("geojson"))],
    [undefined, false, undefined],
  );
});

test("an ordinary specification without a schema is a chart", () => {
  for (const spec of [
    { data, mark: "bar", encoding },
    { data, mark: { type: "line", point: true }, encoding },
    { data: { url: "https://example.org/x.csv" }, mark: "point", encoding },
    { data, layer: [{ mark: "line", encoding }, { mark: "rule" }] },
    {
      hconcat: [
        { data, mark: "bar", encoding },
        { data, layer: [{ mark: "area", encoding }] },
      ],
    },
    { data, facet: { field: "a" }, spec: { mark: "tick", encoding } },
    { data, repeat: ["a"], spec: { mark: "tick", encoding } },
  ])
    assert.equal(specView(spec)?.kind, "chart", JSON.stringify(spec));
  assert.equal(vega({ width: 10, marks: [{ type: "rect", encode: { enter: {} } }] }), true);
});

test("a builder's own object that names its schema is a chart, and what holds itself is none", () => {
  class Built {
    readonly $schema = "https://vega.github.io/schema/vega-lite/v6.json";
  }
  assert.equal(specView(new Built())?.kind, "chart");
  const round: { data: object; layer: unknown[] } = { data: {}, layer: [] };
  round.layer.push(round);
  assert.equal(specView(round), undefined);
});

test("data that have names of a specification among theirs stay data", () => {
  for (const value of [
    { mark: "bar" },
    { mark: "point", data: { x: 1 } },
    { mark: "nope", data, encoding },
    { mark: "A", data: [1, 2] },
    { layer: [] },
    { layer: [{ depth: 1 }, { depth: 2 }], data },
    { marks: [1, 2, 3] },
    { marks: [{ subject: "maths", mark: 5 }] },
    [{ data, mark: "bar", encoding }],
    new Map([["mark", "bar"]]),
    null,
    "bar",
  ])
    assert.deepEqual([specView(value), vega(value)], [undefined, false], JSON.stringify(value));
});
