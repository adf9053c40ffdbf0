import type { Clock } from "../../../core/time.ts";
import { streamsInUrl, subscribeChunks } from "./stream.ts";

/** Five messages a second are allowed, and pongs count. */
const SPACING_MS = 350;
const MOST_SPACING_MS = 5_000;
/** A refused stream is asked for again after this long. */
const AGAIN_MS = 600_000;

/** How a shard asks for its streams, and what it has learnt of that: it outlives a connection. */
export interface StreamPlan {
  /** Those that stand in the address. */
  inUrl(): readonly string[];
  /** The others, a SUBSCRIBE each: also those refused some time ago. */
  groups(): readonly (readonly string[])[];
  /** All but those that are refused. */
  wanted(): readonly string[];
  /** Refused streams whose time has come to be asked for again. */
  due(): readonly string[];
  /** Between two messages. */
  spacingMs(): number;

  accepted(streams: readonly string[]): void;
  /**
   * A group which was refused is halved until the culprit stands alone; a culprit gets a second chance. Gives the groups to
   * ask for instead: none where the stream is given up for now.
   */
  refused(streams: readonly string[]): readonly (readonly string[])[];
  /** A connection ended over this group: the second time it is halved. */
  unanswered(streams: readonly string[]): void;
  /** The address was not taken: nothing stands in it from now on. */
  urlRefused(): void;
  /** Closed for too many messages. */
  slower(): void;
}

export function streamPlan(clock: Clock, wsUrl: string, streams: readonly string[]): StreamPlan {
  const first = streamsInUrl(wsUrl, streams);
  let inUrl = streams.slice(0, first);
  let groups: string[][] = subscribeChunks(streams.slice(first));
  let spacingMs = SPACING_MS;
  const failures = new Map<string, number>();
  const refusedAtMs = new Map<string, number>();
  const unanswered = new Map<string, number>();

  const due = (): string[] =>
    [...refusedAtMs].flatMap(([stream, atMs]) => (clock.monotonicMs() - atMs >= AGAIN_MS ? [stream] : []));
  const replace = (group: readonly string[], parts: readonly (readonly string[])[]): void => {
    const gone = new Set(group);
    inUrl = inUrl.filter((stream) => !gone.has(stream));
    groups = groups.map((old) => old.filter((stream) => !gone.has(stream))).filter((old) => old.length > 0);
    groups.push(...parts.map((part) => [...part]));
  };
  const halves = (group: readonly string[]): string[][] => {
    const middle = group.length >> 1;
    return [group.slice(0, middle), group.slice(middle)];
  };
  return {
    inUrl: () => inUrl,
    groups: () => [...groups, ...due().map((stream) => [stream])],
    wanted: () => streams.filter((stream) => !refusedAtMs.has(stream)),
    due,
    spacingMs: () => spacingMs,
    accepted(group) {
      for (const stream of group) {
        failures.delete(stream);
        // it comes with the next connection's groups again
        if (refusedAtMs.delete(stream)) groups.push([stream]);
      }
    },
    refused(group) {
      if (group.length > 1) {
        const parts = halves(group);
        replace(group, parts);
        return parts;
      }
      const [stream = ""] = group;
      const times = (failures.get(stream) ?? 0) + 1;
      failures.set(stream, times);
      replace(group, times === 1 ? [group] : []);
      if (times === 1) return [group];
      refusedAtMs.set(stream, clock.monotonicMs());
      return [];
    },
    unanswered(group) {
      if (group.length === 1) return;
      const key = group.join("/");
      const times = (unanswered.get(key) ?? 0) + 1;
      unanswered.set(key, times);
      if (times >= 2) replace(group, halves(group));
    },
    urlRefused() {
      groups = [...subscribeChunks(inUrl), ...groups];
      inUrl = [];
    },
    slower() {
      spacingMs = Math.min(MOST_SPACING_MS, 2 * spacingMs);
    },
  };
}
