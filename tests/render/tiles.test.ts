import assert from "node:assert/strict";
import { test } from "node:test";
import { tiles } from "../../src/render/tiles.ts";
import { real, simulated } from "../support/bars.ts";

test("a tile says its label, value, unit and note, in HTML and in plain text", () => {
  const { html, text } = tiles([{ label: "ETHUSDT", value: 2677.61, unit: "USDT", note: "last trade" }]);
  for (const part of ["ETHUSDT", "2677.61", "USDT", "last trade"]) assert.ok(html.includes(part), part);
  assert.equal(text, "ETHUSDT: 2677.61 USDT (last trade)");
});

test("a tone is a sign, never a colour alone", () => {
  const { html, text } = tiles([
    { label: "a", value: 1, tone: "good" },
    { label: "b", value: 2, tone: "warn" },
    { label: "c", value: -3, tone: "bad" },
    { label: "d", value: 4, tone: "none" },
  ]);
  assert.equal(text, "a: ● 1\nb: ▲ 2\nc: ■ −3\nd: 4");
  for (const sign of ["●", "▲", "■"]) assert.ok(html.includes(sign));
});

test("a value that is not defined is an en dash", () => {
  assert.equal(tiles([{ label: "z", value: Number.NaN }]).text, "z: –");
});

test("tiles escape everything", () => {
  const evil = `<script>alert("1")</script>`;
  const { html } = tiles([{ label: evil, value: evil, unit: evil, note: evil }]);
  assert.ok(!html.includes("<script"));
});

test("a venue which is not real stands above the tiles", () => {
  assert.match(tiles([], { venue: simulated }).text, /^SIMULATED · seed 7/);
  assert.equal(tiles([], { venue: real }).text, "");
});
