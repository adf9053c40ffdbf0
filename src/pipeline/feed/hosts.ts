import type { Random } from "../../core/random.ts";
import { backoffMs } from "../net/backoff.ts";

/** Single trades by their ids, or aggregates. */
export type EndpointKind = "trades" | "aggregates";

export interface Endpoint {
  readonly kind: EndpointKind;
  readonly restUrl: string;
}

/** A endpoint, and how long to wait at it. */
export interface OpenEndpoint {
  readonly endpoint: Endpoint;
  readonly waitMs: number;
  readonly reason: string;
}

/** Which host may be asked for what. Times are monotonic milliseconds. */
export interface Hosts {
  /** The best endpoint there is: single trades before aggregates, healthy hosts before failing ones. */
  best(nowMs: number): OpenEndpoint | undefined;
  /** When the first closed endpoint may be tried again. */
  reopensMs(nowMs: number): number;
  /** This endpoint, or all of its host, serves us nothing for now. */
  close(endpoint: Endpoint, what: "host" | "path", reason: string, nowMs: number): void;
  failed(endpoint: Endpoint, reason: string, nowMs: number): void;
  answered(endpoint: Endpoint): void;
  /** Why the best there could be is closed. */
  closedReason(nowMs: number): string;
}

const CLOSED_MS = 600_000;
const BACKOFF = { firstMs: 1000, capMs: 60_000 };
/** After so many failures in a row other hosts go first, for a while. */
const FAILURES = 4;

interface HostState {
  readonly restUrl: string;
  readonly closedUntilMs: Record<EndpointKind, number>;
  failures: number;
  waitUntilMs: number;
  lastUntilMs: number;
  reason: string;
}

export function openHosts(restUrls: readonly string[], random: Random): Hosts {
  const hosts = restUrls.map(
    (restUrl): HostState => ({
      restUrl,
      closedUntilMs: { trades: 0, aggregates: 0 },
      failures: 0,
      waitUntilMs: 0,
      lastUntilMs: 0,
      reason: "",
    }),
  );
  const hostOf = ({ restUrl }: Endpoint): HostState => hosts.find((host) => host.restUrl === restUrl)!;
  const kinds = ["trades", "aggregates"] as const;

  return {
    best: (nowMs) => {
      const open = kinds.flatMap((kind) =>
        hosts.filter((host) => nowMs >= host.closedUntilMs[kind]).map((host) => ({ kind, host })),
      );
      const best = open.find(({ host }) => nowMs >= host.lastUntilMs) ?? open[0];
      if (best === undefined) return undefined;
      const { kind, host } = best;
      const waitMs = Math.max(0, host.waitUntilMs - nowMs);
      return { endpoint: { kind, restUrl: host.restUrl }, waitMs, reason: host.reason };
    },
    reopensMs: (nowMs) =>
      Math.min(
        ...hosts.flatMap(({ closedUntilMs }) =>
          Object.values(closedUntilMs).filter((until) => until > nowMs),
        ),
      ),
    close: (endpoint, what, reason, nowMs) => {
      const host = hostOf(endpoint);
      for (const kind of what === "host" ? kinds : [endpoint.kind])
        host.closedUntilMs[kind] = nowMs + CLOSED_MS;
      host.reason = `${host.restUrl}: ${reason}`;
    },
    failed: (endpoint, reason, nowMs) => {
      const host = hostOf(endpoint);
      host.waitUntilMs = nowMs + backoffMs(host.failures++, random, BACKOFF);
      if (host.failures >= FAILURES) host.lastUntilMs = nowMs + CLOSED_MS;
      host.reason = `${host.restUrl}: ${reason}`;
    },
    answered: (endpoint) => {
      const host = hostOf(endpoint);
      host.failures = 0;
      host.waitUntilMs = 0;
      host.lastUntilMs = 0;
    },
    closedReason: (nowMs) =>
      hosts.find(({ closedUntilMs }) => closedUntilMs.aggregates > nowMs)?.reason ?? "no host serves trades",
  };
}
