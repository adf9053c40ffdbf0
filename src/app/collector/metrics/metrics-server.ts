import { timingSafeEqual } from "node:crypto";
import { statfsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname, resolve } from "node:path";
import { refuse } from "../../../core/errors.ts";
import { fileSize } from "../../../pipeline/store/file/open.ts";
import type { CollectorStatus } from "../collector.ts";
import { type HealthWatch, watchHealth } from "./health.ts";
import { metricsText, type Room } from "./metrics-text.ts";

export interface MetricsSettings {
  readonly port: number;
  /** 127.0.0.1 unless told; any other than this machine itself needs a token. */
  readonly bind: string;
  /** What a reader must bring: `Authorization: Bearer <token>`. */
  readonly token: string | undefined;
  readonly db: string;
  readonly status: () => CollectorStatus;
}

/** Answers `/metrics`, `/healthz` and `/readyz` until it is closed. */
export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];
const FEWEST_LETTERS = 16;

/** Opens it, and only when asked; refuses another address than this machine's own without a token. */
export async function openMetrics(settings: MetricsSettings): Promise<MetricsServer> {
  const { bind, token, port } = settings;
  if (!LOOPBACK.includes(bind) && (token === undefined || token.length < FEWEST_LETTERS)) {
    refuse({
      code: "metrics-token",
      where: "--metrics-bind",
      problem: `needs a token of ${FEWEST_LETTERS} letters or more in TICKBOOK_METRICS_TOKEN where others can reach it; got ${token === undefined ? "none" : "a shorter one"}`,
      hint: "Set the variable, or leave --metrics-bind out.",
    });
  }
  const health = watchHealth(settings.db);
  const server = createServer((request, response) => {
    answer(request, response, settings, health).catch(() => response.destroy());
  });
  // a scrape is small and quick: who is slow is let go
  server.requestTimeout = 10_000;
  server.maxConnections = 32;
  await new Promise<void>((opened, failed) => {
    server.once("error", failed);
    server.listen(port, bind, opened);
  }).catch((error: NodeJS.ErrnoException) => {
    void health.stop();
    refuse({
      code: "metrics-port",
      where: "--metrics-port",
      problem: `needs a port that is free at ${bind}; ${port} is not (${error.code})`,
      hint: "Pass another port.",
      facts: { code: error.code },
    });
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await health.stop();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  settings: MetricsSettings,
  health: HealthWatch,
): Promise<void> {
  const send = (status: number, type: string, body: string): void => {
    response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
  };
  const refusal = refusalOf(request, settings);
  if (refusal !== undefined) return send(refusal, "text/plain; charset=utf-8", "");
  switch (request.url) {
    case "/metrics": {
      const text = metricsText(settings.status(), roomOf(settings.db), await health.latest());
      return send(200, "text/plain; version=0.0.4; charset=utf-8", text);
    }
    case "/healthz": {
      const found = await health.latest();
      const isWell = found?.exitCode === 0;
      const nothing = { exitCode: 1, findings: [{ code: "no-answer", text: "the doctor gives no answer" }] };
      return send(isWell ? 200 : 503, "application/json", `${JSON.stringify(found ?? nothing)}\n`);
    }
    case "/readyz": {
      const why = notReady(settings.status());
      return send(why === "" ? 200 : 503, "text/plain; charset=utf-8", `${why === "" ? "ready" : why}\n`);
    }
    default:
      return send(404, "text/plain; charset=utf-8", "There are /metrics, /healthz and /readyz.\n");
  }
}

/** The status of a refusal; undefined: the request may be answered. */
function refusalOf(
  { method, headers }: IncomingMessage,
  { bind, token }: MetricsSettings,
): number | undefined {
  if (method !== "GET" && method !== "HEAD") return 405;
  if (token !== undefined && !isSame(headers.authorization ?? "", `Bearer ${token}`)) return 401;
  // another page's name that leads here
  const host = (headers.host ?? "").replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return LOOPBACK.includes(bind) && token === undefined && !LOOPBACK.includes(host) ? 403 : undefined;
}

function isSame(given: string, needed: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(needed)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function notReady({ blocked, feed }: CollectorStatus): string {
  if (blocked !== "") return `not storing: ${blocked}`;
  if (feed.kind === "live" || feed.kind === "open") return "";
  return `no connection to the exchange: ${feed.shards.find(({ reason }) => reason !== "")?.reason ?? feed.kind}`;
}

function roomOf(db: string): Room {
  let freeBytes = Number.NaN;
  try {
    const { bavail, bsize } = statfsSync(dirname(resolve(db)));
    freeBytes = bavail * bsize;
  } catch {
    // not known at the moment
  }
  return { freeBytes, databaseBytes: fileSize(db), walBytes: fileSize(`${db}-wal`) };
}
