import assert from "node:assert/strict";
import { test } from "node:test";
import { random } from "../../../src/core/random.ts";
import { openHosts } from "../../../src/pipeline/feed/hosts.ts";
import { nextAggregate, nextWish, type Search } from "../../../src/pipeline/feed/sweep.ts";
import { weightBudget } from "../../../src/pipeline/net/weight-budget.ts";
import { idRanges } from "../../../src/pipeline/store/ledger/id-ranges.ts";
import { restVerdict } from "../../../src/pipeline/venues/binance/answers.ts";
import { watchedGet } from "../../../src/pipeline/venues/binance/limited-get.ts";
import { reply } from "../../support/history.ts";
import { virtualClock } from "../../support/virtual-clock.ts";

for (const [missing, sweep, wish] of [
  [[[5, 7]], {}, [4, 8]],
  [[[5, 2000]], {}, [4, 1003]],
  // one request spans several missing ranges
  [
    [
      [5, 7],
      [9, 9],
      [12, 20],
    ],
    {},
    [4, 21],
  ],
  [
    [
      [5, 7],
      [3000, 3001],
    ],
    { cursor: 8 },
    [2999, 3002],
  ],
  [[[5, 7]], { cursor: 8 }, undefined],
  [[], {}, undefined],
  // below the floor: from the end, as far as the floor
  [[[5, 2000]], { floor: 1500 }, [1500, 2001]],
  [[[5, 2000]], { floor: 100 }, [1002, 2001]],
  [[[5, 1001]], { floor: 100 }, [100, 1002]],
  [[[5, 99]], { floor: 100 }, undefined],
  [[[0, 3]], {}, [0, 4]],
] as const) {
  test(`nextWish of ${JSON.stringify(missing)} at ${JSON.stringify(sweep)} is ${JSON.stringify(wish)}`, () => {
    const ranges = missing.map(([first, last]) => ({ first, last }));
    const next = nextWish(ranges, { cursor: 0, floor: 0, ...sweep });
    assert.deepEqual(next && [next.fromId, next.lastId], wish);
  });
}

test("nextWish asks for all missing ids, at most 1,000 a time, each page with a held or fetched neighbour", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const { uniform } = random(seed);
    const held = idRanges([
      { first: 0, last: 0 },
      { first: 9999, last: 9999 },
    ]);
    for (let i = 0; i < 40; i++) {
      const first = Math.floor(uniform() * 9000);
      held.hold(first, first + Math.floor(uniform() ** 4 * 600));
    }
    const all = { first: 0, last: 9999 };
    let cursor = 0;
    for (let pages = 0; ; pages++) {
      assert.ok(pages < 30, `seed ${seed}`);
      const wish = nextWish(held.missing(all), { cursor, floor: 0 });
      if (wish === undefined) break;
      assert.ok(wish.lastId - wish.fromId < 1000);
      assert.ok(held.count({ first: wish.fromId, last: wish.lastId }) > 0, `seed ${seed}: no neighbour`);
      held.hold(wish.fromId, wish.lastId);
      cursor = wish.lastId + 1;
    }
    assert.deepEqual(held.missing(all), [], `seed ${seed}`);
  }
});

test("nextAggregate finds any trade in any list of aggregates in few pages", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { uniform } = random(seed, 5);
    const firsts: number[] = [];
    for (let id = 0; firsts.length < 200_000; id += 1 + Math.floor(uniform() ** 8 * 40)) firsts.push(id);
    const lastOf = (a: number): number => (firsts[a + 1] ?? firsts[a]! + 1) - 1;
    const id = Math.floor(uniform() * lastOf(firsts.length - 1));
    let search: Search = {};
    for (let pages = 1; ; pages++) {
      assert.ok(pages <= 12, `seed ${seed}: ${pages} pages`);
      const from = nextAggregate(id, search) ?? firsts.length - 1000;
      const to = Math.min(firsts.length, from + 1000) - 1;
      if (firsts[from]! > id) search = { ...search, above: { aggId: from, first: firsts[from]! } };
      else if (lastOf(to) < id) search = { ...search, below: { aggId: to, last: lastOf(to) } };
      else break;
    }
  }
});

test("weightBudget gives out a tenth of the limit in any 60 seconds, and says when the next request may go", () => {
  const budget = weightBudget();
  budget.limit(1000);
  for (let i = 0; i < 4; i++) {
    assert.equal(budget.hold(25, i * 1000), undefined);
    budget.spend(25, i * 1000);
  }
  assert.equal(budget.hold(25, 4000)?.ms, 56_000);
  assert.equal(budget.hold(4, 4000)?.ms, 56_000);
  assert.equal(budget.hold(50, 4000)?.ms, 57_000);
  assert.equal(budget.hold(25, 60_000), undefined);
  budget.spend(25, 60_000);
  assert.equal(budget.hold(25, 60_000)?.ms, 1000);
});

test("weightBudget lets one request a minute through where a tenth of the limit has no room for one", () => {
  const budget = weightBudget();
  budget.limit(100);
  assert.equal(budget.hold(25, 0), undefined);
  budget.spend(25, 0);
  assert.equal(budget.hold(25, 1)?.ms, 59_999);
  assert.equal(budget.hold(25, 60_000), undefined);
});

test("weightBudget keeps the longest pause, and stands back for a minute when the address has used four fifths", () => {
  const budget = weightBudget();
  budget.pause(60_000, "long", 0);
  budget.pause(1000, "short", 0);
  assert.deepEqual(budget.paused(10_000), { ms: 50_000, reason: "long" });
  assert.equal(budget.paused(60_000), undefined);
  budget.saw(4799, 70_000);
  assert.equal(budget.hold(25, 70_000), undefined);
  budget.saw(4800, 70_000);
  assert.equal(budget.hold(25, 70_000)?.ms, 60_000);
  assert.equal(budget.paused(70_000), undefined);
});

// rows 48, 49, 50, 65
for (const [status, body, headers, kind, forMs] of [
  [200, [], {}, "ok"],
  [200, "<html>", {}, "failed"],
  [429, "<html>", {}, "pause", 60_000],
  [429, "", { "retry-after": "7" }, "pause", 7000],
  [429, "", { "retry-after": "0" }, "pause", 1000],
  [429, "", { "retry-after": "-5" }, "pause", 60_000],
  [418, "", { "retry-after": "30" }, "pause", 30_000],
  [418, "", {}, "pause", 120_000],
  [400, { code: -1003, msg: "Too many requests." }, {}, "pause", 60_000],
  [451, { code: 0, msg: "restricted" }, {}, "closed"],
  [403, "<html>", {}, "closed"],
  [404, "<html>", {}, "closed"],
  [400, { code: -1121, msg: "Invalid symbol." }, {}, "refused"],
  [400, { code: -1100, msg: "Illegal characters" }, {}, "refused"],
  [400, { code: -1007, msg: "Timeout" }, {}, "failed"],
  [401, "", {}, "closed"],
  [408, "", {}, "failed"],
  [500, "", {}, "failed"],
  [503, { code: -1008, msg: "busy" }, {}, "failed"],
  [301, "", {}, "failed"],
] as const) {
  test(`HTTP ${status} ${JSON.stringify(body)} ${JSON.stringify(headers)} is ${kind}`, () => {
    const verdict = restVerdict(reply(status, body, headers), 0);
    assert.equal(verdict.kind, kind);
    if (verdict.kind === "pause") assert.equal(verdict.forMs, forMs);
  });
}

test("openHosts prefers single trades, then healthy hosts, and opens what was closed ten minutes later", () => {
  const hosts = openHosts(["a", "b"], random(1));
  const best = (nowMs: number): string => {
    const open = hosts.best(nowMs);
    return open === undefined ? "none" : `${open.endpoint.restUrl} ${open.endpoint.kind}`;
  };
  assert.equal(best(0), "a trades");
  hosts.close({ restUrl: "a", kind: "trades" }, "path", "HTTP 404", 0);
  assert.equal(best(0), "b trades");
  hosts.close({ restUrl: "b", kind: "trades" }, "path", "HTTP 404", 0);
  assert.equal(best(0), "a aggregates");
  hosts.close({ restUrl: "a", kind: "aggregates" }, "host", "HTTP 451", 1000);
  assert.equal(best(1000), "b aggregates");
  hosts.close({ restUrl: "b", kind: "aggregates" }, "host", "HTTP 403", 2000);
  assert.equal(best(2000), "none");
  assert.equal(hosts.reopensMs(2000), 601_000);
  assert.match(hosts.closedReason(2000), /^a: HTTP 451/);
  assert.equal(best(601_000), "a trades");
  for (let i = 0; i < 4; i++) hosts.failed({ restUrl: "a", kind: "trades" }, "timeout", 601_000);
  assert.equal(best(602_000), "b trades");
  hosts.answered({ restUrl: "a", kind: "trades" });
  assert.equal(best(602_000), "a trades");
  assert.equal(hosts.best(602_000)!.waitMs, 0);
});

test("watchedGet asks nothing while the exchange wants no requests, whoever was told so", async () => {
  const clock = virtualClock();
  const budget = weightBudget();
  const told: string[] = [];
  let asked = 0;
  const get = watchedGet(
    async () => {
      asked++;
      return reply(429, { code: -1003, msg: "Too much" }, { "retry-after": "7" });
    },
    budget,
    clock,
    (reason, ms) => told.push(`${reason} ${ms}`),
  );
  assert.equal((await get("http://a")).status, 429);
  await assert.rejects(get("http://a"), /^Error: no requests for 7 s: HTTP 429: "Too much"$/);
  assert.equal(asked, 1);
  assert.deepEqual(told, ['HTTP 429: "Too much" 7000']);
  clock.advance(7000);
  await get("http://a");
  assert.equal(asked, 2);
});
