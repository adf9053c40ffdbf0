// Stands before a ClickHouse server of 2018 (Debian's) and tells it in its own words what today's is told: node front.mjs PORT
// Prints its port. POST /-/faults {"quorum":n,"quorumMs":n,"background":bool,"skipShards":bool} changes what it is told.
import { Agent, createServer, request } from "node:http";

const server = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
/**
 * `quorum`: what "auto" stands for, which that server does not know; `background`: it answers an insert before it is on the
 * shards; `skipShards`: its operator lets it answer without those that are away.
 */
const faults = { quorum: 0, quorumMs: 0, background: false, skipShards: false };

const WORDS = [
  [/ CODEC\([^()]*\)/g, ""],
  [/LowCardinality\(String\)/g, "String"],
  [/, INDEX \w+ \w+ TYPE minmax GRANULARITY 1/g, ""],
  [/toUnixTimestamp64Micro\(now64\(6\)\)/g, "(toInt64(now()) * 1000000)"],
  [/fromUnixTimestamp64Micro\(trade_time_us\)/g, "toDateTime(intDiv(trade_time_us, 1000000))"],
  [/= 'distributed_foreground_insert'/g, "= 'insert_distributed_sync'"],
];
/** Each node has one name for its shard, and is another shard in the cluster `shards`: as copies of one both go by one name. */
const asCopies = (sql) => (sql.includes("ON CLUSTER 'copies'") ? sql.replaceAll("{shard}", "one") : sql);
const inOldWords = (sql) => WORDS.reduce((text, [from, to]) => text.replace(from, to), asCopies(sql));

/** Settings that it has, by the names it has for them. */
const SETTINGS = {
  database: (value) => ["database", value],
  query: (value) => ["query", inOldWords(value)],
  insert_deduplicate: (value) => ["insert_deduplicate", value],
  wait_end_of_query: (value) => ["wait_end_of_query", value],
  distributed_foreground_insert: (value) => ["insert_distributed_sync", faults.background ? "0" : value],
  insert_quorum: () => ["insert_quorum", String(faults.quorum)],
  insert_quorum_timeout: (value) => ["insert_quorum_timeout", String(faults.quorumMs || value)],
};

async function bodyOf(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function ask(words, body) {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port: server,
        path: `/?${words}`,
        method: "POST",
        agent,
        headers: { "content-length": body.length },
      },
      (answer) => bodyOf(answer).then((bytes) => resolve([answer.statusCode, bytes]), reject),
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

async function answer(from, to) {
  const url = new URL(from.url, "http://x");
  const body = await bodyOf(from);
  if (url.pathname === "/-/faults") {
    Object.assign(faults, JSON.parse(body.toString()));
    return to.end();
  }
  const words = new URLSearchParams();
  for (const [name, value] of url.searchParams) if (name in SETTINGS) words.set(...SETTINGS[name](value));
  if (faults.skipShards) words.set("skip_unavailable_shards", "1");
  const sent = url.searchParams.has("query") ? body : Buffer.from(inOldWords(body.toString()));
  try {
    const [status, bytes] = await ask(words, sent);
    to.writeHead(status, { "content-length": bytes.length });
    to.end(bytes);
  } catch {
    // as if the server itself had not answered
    to.destroy();
  }
}

const front = createServer((from, to) => void answer(from, to));
front.listen(0, "127.0.0.1", () => console.log(front.address().port));
// it ends with whoever started it
process.stdin.on("end", () => process.exit(0)).resume();
