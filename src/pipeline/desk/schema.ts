import { quote, refuse } from "../../core/errors.ts";
import { decodeBlocks } from "./native/decode.ts";
import { type DeskPlace, FIRST_TABLES, makeTable, VERSIONS_TABLE } from "./tables.ts";
import { INSERT } from "./wire/insert.ts";
import type { Post } from "./wire/post.ts";
import { sqlText, sqlWhole } from "./wire/sql.ts";

/** Of what lies on the server; each version is made from the one before by its statements, which may be run twice. */
export const DESK_VERSION = 1;

/** What brings a desk from the version before to the one it is keyed by. */
const MIGRATIONS: Readonly<Record<number, (place: DeskPlace) => string[]>> = {
  1: (place) => FIRST_TABLES.flatMap((table) => makeTable(table, place)),
};

/** All nodes of a cluster take part in making a table; the server itself waits so long for them. */
const MAKING_MS = 200_000;

/**
 * Makes the database and its tables where there are none, and brings older ones up to date. Tables that are there stay as they
 * are. `cluster`: they are made on all its nodes, trades spread over its shards.
 */
export async function prepareDesk(post: Post, place: DeskPlace, label: string, nowUs: number): Promise<void> {
  const make = (sql: string) => post(sql, { timeoutMs: MAKING_MS });
  if (place.cluster !== undefined) await checkCluster(post, place, label);
  const held = await heldVersion(post);
  if (held === undefined) await makeDatabase(post, place);
  const from = held ?? 0;
  if (from > DESK_VERSION) refuseNewer(label, from);
  if (from === DESK_VERSION) return;
  for (const statement of makeTable(VERSIONS_TABLE, place)) await make(statement);
  for (let version = from + 1; version <= DESK_VERSION; version++) {
    for (const statement of MIGRATIONS[version]!(place)) await make(statement);
    const sql = `INSERT INTO desk_versions SELECT ${sqlWhole(version)}, ${sqlWhole(nowUs)}`;
    await post(sql, { settings: INSERT, timeoutMs: MAKING_MS });
  }
}

/** A user who may not make databases may find his made. */
async function makeDatabase(post: Post, { database, cluster }: DeskPlace): Promise<void> {
  const on = cluster === undefined ? "" : ` ON CLUSTER ${sqlText(cluster)}`;
  const settings = { database: "default" };
  await post(`CREATE DATABASE IF NOT EXISTS ${database}${on}`, { settings, timeoutMs: MAKING_MS });
}

/** Refuses a cluster that the server does not know, and a desk that was made on one node. */
async function checkCluster(post: Post, { database, cluster }: DeskPlace, label: string): Promise<void> {
  const settings = { database: "default" };
  const texts = async (sql: string): Promise<string[]> =>
    ((decodeBlocks(await post(sql, { settings })).columns.text as string[] | undefined) ?? []).slice();
  const known = await texts(
    "SELECT DISTINCT cluster AS text FROM system.clusters ORDER BY text FORMAT Native",
  );
  if (!known.includes(cluster!)) {
    refuse({
      code: "unknown-cluster",
      where: "--cluster",
      problem: `needs a cluster that the server knows (${known.map((name) => quote(name, 60)).join(", ") || "it knows none"}); got ${quote(cluster!, 60)}`,
      hint: "Name it as the server's remote_servers do.",
    });
  }
  const [engine = "Distributed"] = await texts(
    `SELECT engine AS text FROM system.tables WHERE database = ${sqlText(database)} AND name = 'trades' FORMAT Native`,
  );
  if (engine === "Distributed") return;
  refuse({
    code: "desk-on-one-node",
    where: label,
    problem: `needs a desk that was made for a cluster; this one is there already, on one node (${engine})`,
    hint: "Publish to another database of the server, as http://host:8123/name, or leave --cluster out.",
  });
}

/** Refuses a server without a desk, and one of another version. */
export function checkVersion(label: string, held: number | undefined): void {
  if (held === undefined) {
    refuse({
      code: "no-desk",
      where: label,
      problem: "needs a database that trades were published to; there is none",
      hint: "Publish first: npm run publish -- --db FILE --to URL.",
    });
  }
  if (held > DESK_VERSION) refuseNewer(label, held);
  if (held < DESK_VERSION) {
    refuse({
      code: "old-desk",
      where: label,
      problem: `needs a desk of version ${DESK_VERSION}; it is of version ${held}`,
      hint: "A relay of this version brings it up to date: npm run publish.",
    });
  }
}

/** Asks for the version that is held. */
export const VERSION_QUERY =
  "SELECT toFloat64(max(version)) AS version, toFloat64(count()) AS versions FROM desk_versions FORMAT Native";

/** The database or the table is not there. */
const ABSENT = [60, 81];

export function isAbsent(error: unknown): boolean {
  const { facts } = error as { facts?: { number?: number } };
  return ABSENT.includes(facts?.number ?? 0);
}

async function heldVersion(post: Post): Promise<number | undefined> {
  try {
    const { columns } = decodeBlocks(await post(VERSION_QUERY));
    return columns.versions![0] === 0 ? 0 : (columns.version![0] as number);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return (error as { facts: { number: number } }).facts.number === 60 ? 0 : undefined;
  }
}

function refuseNewer(label: string, held: number): never {
  return refuse({
    code: "newer-desk",
    where: label,
    problem: `needs a desk of version ${DESK_VERSION} or older; it is of version ${held}`,
    hint: "Update this Tickbook: npm run update.",
  });
}
