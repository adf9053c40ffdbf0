import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { FIRST_TABLES, makeTable, VERSIONS_TABLE } from "../../../src/pipeline/desk/tables.ts";
import { deskAddress } from "../../../src/pipeline/desk/wire/address.ts";
import { INSERT } from "../../../src/pipeline/desk/wire/insert.ts";
import { openPost } from "../../../src/pipeline/desk/wire/post.ts";

const ALL = [...FIRST_TABLES, VERSIONS_TABLE];
const table = (name: string) => ALL.find((one) => one.name === name)!;

test("on one server each table is made by one statement, which forgets earlier rows of a key", () => {
  for (const one of ALL) {
    const [sql, ...more] = makeTable(one, { database: "desk" });
    assert.deepEqual(more, []);
    assert.match(
      sql!,
      new RegExp(`^CREATE TABLE IF NOT EXISTS ${one.name} \\(.*ENGINE = ReplacingMergeTree\\(`),
    );
    assert.doesNotMatch(sql!, /CLUSTER|Replicated/);
  }
  assert.match(
    makeTable(table("trades"), { database: "desk" })[0]!,
    /ENGINE = ReplacingMergeTree\(keep\) PARTITION BY toYYYYMM\(fromUnixTimestamp64Micro\(trade_time_us\)\) ORDER BY \(venue, symbol, trade_id\)$/,
  );
});

test("on a cluster trades are spread by venue and symbol, copied within a shard, and what speaks of them is on every node", () => {
  const place = { database: "desk", cluster: "it's" };
  const [local, front, ...more] = makeTable(table("trades"), place);
  assert.deepEqual(more, []);
  assert.match(
    local!,
    /^CREATE TABLE IF NOT EXISTS trades_local ON CLUSTER 'it\\'s' \(.*keep UInt64 MATERIALIZED.*ENGINE = ReplicatedReplacingMergeTree\('\/clickhouse\/tables\/\{shard\}\/desk\/trades', '\{replica\}', keep\) PARTITION BY/,
  );
  assert.match(
    front!,
    /^CREATE TABLE IF NOT EXISTS trades ON CLUSTER 'it\\'s' \(.*\) ENGINE = Distributed\('it\\'s', 'desk', 'trades_local', cityHash64\(venue, symbol\)\)$/,
  );
  assert.doesNotMatch(front!, /CODEC|MATERIALIZED/);
  for (const one of ALL.filter(({ name }) => name !== "trades")) {
    const statements = makeTable(one, place);
    assert.equal(statements.length, 1);
    assert.match(
      statements[0]!,
      new RegExp(
        `ReplicatedReplacingMergeTree\\('/clickhouse/tables/all/desk/${one.name}', '{shard}-{replica}'`,
      ),
    );
  }
});

test("an insert is answered when it is there: not in the background, by most copies, and taken again when it is repeated", () => {
  assert.equal(INSERT.async_insert, 0);
  assert.equal(INSERT.distributed_foreground_insert, 1);
  assert.equal(INSERT.insert_quorum, "auto");
  assert.equal(INSERT.insert_deduplicate, 0);
});

test("a shard that is away, too few copies and anything else are told apart, each in a sentence with what to do", async (t) => {
  let answer: readonly [code: number, text: string] = [0, ""];
  const server = createServer((_, response) => {
    response.writeHead(500, { "x-clickhouse-exception-code": String(answer[0]) });
    response.end(`Code: ${answer[0]}. DB::Exception: ${answer[1]}. (VERSION 26.7)`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const post = openPost(deskAddress("x", `http://127.0.0.1:${port}`), { user: "default", password: "" });
  t.after(() => post.close());
  for (const [code, text, kind, said] of [
    [
      279,
      "All connection tries failed",
      "shard-away",
      /one is away: All connection tries failed.*\(279\)\. This is no hole/,
    ],
    [210, "Connection refused", "shard-away", /needs all shards of the cluster/],
    [
      285,
      "Number of alive replicas (1) is less than requested quorum (2/3)",
      "copies-away",
      /needs most copies/,
    ],
    [
      319,
      "Unknown status, client must retry",
      "copies-away",
      /what may not be there is sent again, and counts once/,
    ],
    [242, "Table is in readonly mode", "copies-away", /Keeper/],
    [243, "Cannot reserve 1 MiB", "desk-failed", /needs a server that can do this/],
  ] as const) {
    answer = [code, text];
    await assert.rejects(post("SELECT 1"), (error: Error & { code: string }) => {
      assert.equal(error.code, kind);
      assert.match(error.message, said);
      assert.equal(error.message.split("\n").length, 1);
      return true;
    });
  }
});
