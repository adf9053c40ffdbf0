import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FAULTS } from "../../../src/pipeline/exchange/faults/fault-table.ts";
import { readPlan } from "../../../src/pipeline/exchange/faults/plan.ts";
import { simulatedMarket } from "../../../src/pipeline/exchange/market/market.ts";
import { BINANCE_SETTINGS } from "../../../src/pipeline/exchange/settings.ts";

const page = readFileSync(new URL("../../../docs/exchange.md", import.meta.url), "utf8");

test("the plan on the page is a plan", () => {
  const [, plan] = /```json\n([^`]+)```/.exec(page)!;
  assert.equal(readPlan(plan!, "docs/exchange.md").faults.length, 6);
});

test("the page names every fault with its settings, and every setting of the exchange", () => {
  for (const [place, faults] of Object.entries(FAULTS)) {
    const from = page.indexOf(`"at": "${place}"\``);
    assert.ok(from > 0, place);
    for (const [fault, settings] of Object.entries(faults)) {
      assert.ok(page.indexOf(`\`${fault}\``, from) > 0, `${place} ${fault}`);
      for (const name of Object.keys(settings))
        assert.ok(page.includes(`\`${name}\``), `${place} ${fault} ${name}`);
    }
  }
  for (const [name, value] of Object.entries(BINANCE_SETTINGS)) {
    const said = new RegExp(`\`${name}\`\\s(\\S+)`).exec(page)?.[1];
    assert.ok(said !== undefined, name);
    if (typeof value === "number") assert.equal(said.replace(/[,.]/g, ""), String(value), name);
  }
});

test("the page tells the truth of each pair", () => {
  const base = (symbol: string): string => symbol.replace("USDT", "");
  const text = (seconds: number): string => {
    if (seconds < 3600) return `${seconds / 60} minutes`;
    return seconds === 3600 ? "1 hour" : `${seconds / 3600} hours`;
  };
  for (const { y, x, alpha, beta, halfLifeS, sd, endsUs } of simulatedMarket(7).truth().pairs) {
    const until =
      endsUs === undefined ? "" : `, until ${new Date(endsUs / 1000).toISOString().slice(0, 16)}Z`;
    const row = `| ${base(y)} on ${base(x)} | ${alpha} + ${beta} · ${base(x)}${until} | ${text(halfLifeS)} | ${sd} |`;
    assert.ok(page.includes(row), row);
  }
});
