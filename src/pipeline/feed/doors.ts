import type { Random } from "../../core/random.ts";
import { backoffMs } from "./backoff.ts";

/** Single trades by their ids, or aggregates. */
export type DoorKind = "trades" | "aggregates";

export interface Door {
  readonly kind: DoorKind;
  readonly restUrl: string;
}

/** A door, and how long to wait at it. */
export interface OpenDoor {
  readonly door: Door;
  readonly waitMs: number;
  readonly reason: string;
}

/** Which host may be asked for what. Times are monotonic milliseconds. */
export interface Doors {
  /** The best door there is: single trades before aggregates, healthy hosts before failing ones. */
  best(nowMs: number): OpenDoor | undefined;
  /** When the first closed door may be tried again. */
  reopensMs(nowMs: number): number;
  /** This door, or all of its host, serves us nothing for now. */
  close(door: Door, what: "host" | "path", reason: string, nowMs: number): void;
  failed(door: Door, reason: string, nowMs: number): void;
  answered(door: Door): void;
  /** Why the best there could be is closed. */
  closedReason(nowMs: number): string;
}

const CLOSED_MS = 600_000;
const BACKOFF = { firstMs: 1000, capMs: 60_000 };
/** After so many failures in a row other hosts go first, for a while. */
const FAILURES = 4;

interface HostState {
  readonly restUrl: string;
  readonly closedUntilMs: Record<DoorKind, number>;
  failures: number;
  waitUntilMs: number;
  lastUntilMs: number;
  reason: string;
}

export function openDoors(restUrls: readonly string[], random: Random): Doors {
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
  const hostOf = ({ restUrl }: Door): HostState => hosts.find((host) => host.restUrl === restUrl)!;
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
      return { door: { kind, restUrl: host.restUrl }, waitMs, reason: host.reason };
    },
    reopensMs: (nowMs) =>
      Math.min(
        ...hosts.flatMap(({ closedUntilMs }) =>
          Object.values(closedUntilMs).filter((until) => until > nowMs),
        ),
      ),
    close: (door, what, reason, nowMs) => {
      const host = hostOf(door);
      for (const kind of what === "host" ? kinds : [door.kind]) host.closedUntilMs[kind] = nowMs + CLOSED_MS;
      host.reason = `${host.restUrl}: ${reason}`;
    },
    failed: (door, reason, nowMs) => {
      const host = hostOf(door);
      host.waitUntilMs = nowMs + backoffMs(host.failures++, random, BACKOFF);
      if (host.failures >= FAILURES) host.lastUntilMs = nowMs + CLOSED_MS;
      host.reason = `${host.restUrl}: ${reason}`;
    },
    answered: (door) => {
      const host = hostOf(door);
      host.failures = 0;
      host.waitUntilMs = 0;
      host.lastUntilMs = 0;
    },
    closedReason: (nowMs) =>
      hosts.find(({ closedUntilMs }) => closedUntilMs.aggregates > nowMs)?.reason ?? "no host serves trades",
  };
}
