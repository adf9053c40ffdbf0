// ClickHouse's HTTP interface on loopback in front of its engine (chdb), for tests: node server.mjs PACKAGES DATA [PORT].
// One statement at a time. Prints its port. POST /-/faults {"forgetTrades":n,"refuse":n,"holdMs":n} makes it lie or fail.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [packages, data, port = "0"] = process.argv.slice(2);
const { Session } = createRequire(join(packages, "package.json"))("chdb");
const session = new Session(data);
const spool = mkdtempSync(join(tmpdir(), "tickbook-desk-"));
/** Words of an address that are no settings. */
const OWN = new Set(["query", "query_id", "database", "default_format", "wait_end_of_query"]);
/** Users: name → password, whether they may only read, and what statements they may not give begin with. */
const users = new Map([["default", { password: "", readonly: false }]]);
const faults = { forgetTrades: 0, refuse: 0, holdMs: 0 };

let turn = Promise.resolve();
const inTurn = (work) => {
  const result = turn.then(work, work);
  turn = result.catch(() => {});
  return result;
};

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

let used = "";
async function use(database) {
  if (database === used) return;
  used = "";
  await session.queryAsync(`USE ${database}`);
  used = database;
}

async function run(sql, params, body) {
  await use(params.get("database") ?? "default");
  for (const [name, value] of params) {
    if (OWN.has(name)) continue;
    const quoted = /^-?\d+(\.\d+)?$/.test(value) ? value : `'${value.replaceAll("'", "\\'")}'`;
    await session.queryAsync(`SET ${name} = ${quoted}`);
  }
  if (body.length > 0) {
    const [, statement, format] = /^(.*)\bFORMAT\s+(\w+)\s*$/is.exec(sql);
    if (/^INSERT INTO trades\b/.test(statement) && faults.forgetTrades > 0) {
      faults.forgetTrades--;
      return Buffer.alloc(0);
    }
    const file = join(spool, randomUUID());
    writeFileSync(file, body);
    try {
      await session.queryAsync(`${statement} FROM INFILE '${file}' COMPRESSION 'none' FORMAT ${format}`, {
        format: "Null",
      });
    } finally {
      rmSync(file);
    }
    return Buffer.alloc(0);
  }
  const [, text, format] = /^(.*?)(?:\bFORMAT\s+(\w+)\s*)?$/is.exec(sql);
  const result = await session.queryAsync(text, { format: format ?? "TabSeparated" });
  return result?.bytes?.() ?? Buffer.alloc(0);
}

function refusalOf(request, sql) {
  const user = users.get(request.headers["x-clickhouse-user"] ?? "default");
  const key = request.headers["x-clickhouse-key"] ?? "";
  if (user === undefined || user.password !== key)
    return [516, 401, "Authentication failed: password is incorrect, or there is no user with such name"];
  if (user.readonly && !/^\s*(SELECT|WITH)\b/i.test(sql)) return [497, 403, "Not enough privileges"];
  if (user.denied !== undefined && sql.startsWith(user.denied)) return [497, 403, "Not enough privileges"];
  if (faults.refuse > 0) {
    faults.refuse--;
    return [243, 500, "Cannot reserve 1.00 MiB, not enough space"];
  }
  return undefined;
}

async function answer(request, response) {
  const url = new URL(request.url, "http://x");
  const body = await bodyOf(request);
  if (url.pathname === "/ping") return response.end("Ok.\n");
  if (url.pathname === "/-/faults") {
    Object.assign(faults, JSON.parse(body.toString()));
    return response.end();
  }
  if (url.pathname === "/-/users") {
    for (const [name, user] of Object.entries(JSON.parse(body.toString()))) users.set(name, user);
    return response.end();
  }
  const params = url.searchParams;
  const inUrl = params.get("query");
  const sql = inUrl ?? body.toString();
  const fail = (code, status, text) => {
    response.writeHead(status, { "x-clickhouse-exception-code": String(code) });
    response.end(/^Code: \d+/.test(text) ? text : `Code: ${code}. DB::Exception: ${text}`);
  };
  const refusal = refusalOf(request, sql);
  if (refusal !== undefined) return fail(...refusal);
  if (faults.holdMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.holdMs));
  try {
    const bytes = await inTurn(() => run(sql, params, inUrl === null ? Buffer.alloc(0) : body));
    response.writeHead(200, { "content-length": bytes.length });
    response.end(bytes);
  } catch (error) {
    const code = error.clickhouseCode ?? Number(/Code: (\d+)/.exec(error.message)?.[1] ?? 1002);
    fail(code, code === 60 || code === 81 ? 404 : 500, error.message);
  }
}

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 10_000;
server.listen(Number(port), "127.0.0.1", () => console.log(server.address().port));
const end = () => {
  rmSync(spool, { recursive: true, force: true });
  session.close?.();
  process.exit(0);
};
process.on("SIGTERM", end);
// it ends with whoever started it
process.stdin.on("end", end).resume();
