import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after } from "node:test";
import type { Table } from "../../../src/pipeline/desk/native/decode.ts";
import { openAsk } from "../../../src/pipeline/desk/sync/ask.ts";
import { deskAddress } from "../../../src/pipeline/desk/wire/address.ts";
import { projectRoot } from "../../support/project.ts";

/** What a node is told otherwise than it was asked: see front.mjs. */
export interface NodeFaults {
  readonly quorum?: number;
  readonly quorumMs?: number;
  readonly background?: boolean;
  readonly skipShards?: boolean;
}

/** One of two servers; each is a shard of the cluster `shards`, and a copy in the cluster `copies`. */
export interface ClusterNode {
  url(database: string): string;
  ask(sql: string, database?: string): Table;
  faults(faults: NodeFaults): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const NAMES = ["a", "b"] as const;

/** Two servers and a ZooKeeper on loopback, ended with the tests of the file. */
export async function startCluster(root: string): Promise<readonly [ClusterNode, ClusterNode]> {
  const folder = mkdtempSync(join(tmpdir(), "tickbook-cluster-"));
  const children: ChildProcess[] = [];
  after(async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  });
  const [keeper, ...ports] = await freePorts(7);
  const own = NAMES.map((_, i) => ports.slice(3 * i, 3 * i + 3) as [number, number, number]);
  startKeeper(children, root, folder, keeper!);
  await answers(keeper!);
  return (await Promise.all(
    NAMES.map((name, i) => {
      const home = join(folder, name);
      const tcp = own.map(([, port]) => port);
      writeSettings(home, name, i, { keeper: keeper!, own: own[i]!, tcp });
      return startNode(children, root, home, own[i]!);
    }),
  )) as [ClusterNode, ClusterNode];
}

function startKeeper(children: ChildProcess[], root: string, folder: string, port: number): void {
  const file = join(folder, "zoo.cfg");
  writeFileSync(
    file,
    `tickTime=500\ndataDir=${join(folder, "keeper")}\nclientPort=${port}\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n`,
  );
  const jars = [join(root, "usr", "share", "java"), "/usr/share/java"].flatMap((place) =>
    readable(place).map((name) => join(place, name)),
  );
  const parts = [join(root, "etc", "zookeeper", "conf"), ...jars.filter((name) => name.endsWith(".jar"))];
  const main = "org.apache.zookeeper.server.quorum.QuorumPeerMain";
  const child = spawn(javaOf(root), ["-Xmx256m", "-cp", parts.join(":"), main, file], { stdio: "ignore" });
  children.push(child);
}

function readable(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}

/** The machine's, or the one that came with ZooKeeper. */
function javaOf(root: string): string {
  const machines = readable(join(root, "usr", "lib", "jvm")).map((name) =>
    join(root, "usr", "lib", "jvm", name, "bin", "java"),
  );
  return ["/usr/bin/java", ...machines].find((file) => readable(join(file, "..")).includes("java")) ?? "java";
}

interface Ports {
  readonly keeper: number;
  readonly own: readonly [http: number, tcp: number, between: number];
  /** Of all nodes. */
  readonly tcp: readonly number[];
}

function writeSettings(home: string, name: string, i: number, { keeper, own, tcp }: Ports): void {
  const [http, ownTcp, between] = own;
  const copies = tcp.map((port) => `<replica><host>127.0.0.1</host><port>${port}</port></replica>`);
  const shard = (inside: string): string =>
    `<shard><internal_replication>true</internal_replication>${inside}</shard>`;
  for (const part of ["data", "tmp"]) mkdirSync(join(home, part), { recursive: true });
  writeFileSync(
    join(home, "config.xml"),
    `<yandex>
      <logger><level>warning</level><log>${home}/log</log><errorlog>${home}/errors</errorlog></logger>
      <listen_host>127.0.0.1</listen_host><http_port>${http}</http_port><tcp_port>${ownTcp}</tcp_port>
      <interserver_http_port>${between}</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
      <path>${home}/data/</path><tmp_path>${home}/tmp/</tmp_path>
      <users_config>users.xml</users_config><default_profile>default</default_profile>
      <default_database>default</default_database><mark_cache_size>100000000</mark_cache_size>
      <zookeeper><node><host>127.0.0.1</host><port>${keeper}</port></node><session_timeout_ms>5000</session_timeout_ms></zookeeper>
      <distributed_ddl><path>/clickhouse/ddl</path></distributed_ddl>
      <remote_servers><shards>${copies.map(shard).join("")}</shards><copies>${shard(copies.join(""))}</copies></remote_servers>
      <macros><shard>${i + 1}</shard><replica>${name}</replica></macros>
    </yandex>`,
  );
  writeFileSync(
    join(home, "users.xml"),
    `<yandex><profiles><default></default></profiles><quotas><default></default></quotas>
      <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
    </yandex>`,
  );
}

async function startNode(
  children: ChildProcess[],
  root: string,
  home: string,
  [http]: readonly [number, number, number],
): Promise<ClusterNode> {
  const libraries = ["usr/lib", "lib"].map((place) => join(root, place, triplet));
  const env = { ...process.env, LD_LIBRARY_PATH: libraries.join(":") };
  const program = join(root, "usr", "sbin", "clickhouse-server");
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const own = spawn(program, [`--config-file=${join(home, "config.xml")}`], { env, stdio: "ignore" });
    child = own;
    children.push(own);
    own.once("exit", (code, signal) => {
      if (signal !== "SIGKILL")
        console.error(`a server ended with ${code ?? signal}: ${lastOf(join(home, "errors"))}`);
    });
    await answers(http);
    await hasKeeper(http);
  };
  await start();
  const front = spawn(
    process.execPath,
    [join(projectRoot, "tests", "desk", "cluster", "front.mjs"), `${http}`],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  children.push(front);
  const port = await new Promise<number>((resolve) => {
    createInterface({ input: front.stdout! }).once("line", (line) => resolve(Number(line)));
  });
  const at = `http://127.0.0.1:${port}`;
  return {
    url: (database) => `${at}/${database}`,
    ask: (sql, database = "default") => {
      const ask = openAsk(deskAddress("test", `${at}/${database}`), { user: "default", password: "" });
      try {
        return ask(sql);
      } finally {
        ask.close();
      }
    },
    faults: async (faults) => {
      await fetch(`${at}/-/faults`, { method: "POST", body: JSON.stringify(faults) });
    },
    kill: () => end(child!),
    start,
  };
}

const triplet = process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGKILL");
  await ended;
}

const lastOf = (file: string): string => readFileSync(file, "utf8").slice(-2000);

/** Waits until a server has found its Keeper. */
async function hasKeeper(port: number): Promise<void> {
  const endMs = performance.now() + 120_000;
  const body = "SELECT count() FROM system.zookeeper WHERE path = '/'";
  for (;;) {
    const isThere = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    if (performance.now() > endMs) throw new Error(`the server at port ${port} does not find its Keeper`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Waits until a port takes connections. */
async function answers(port: number): Promise<void> {
  const endMs = performance.now() + 120_000;
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (isOpen) return;
    if (performance.now() > endMs) throw new Error(`nothing listens at port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Ports that nobody had a moment ago. */
async function freePorts(many: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: many }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
