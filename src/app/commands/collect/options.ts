import { refuse } from "../../../core/errors.ts";
import { parseDuration } from "../../../core/time.ts";
import type { ArchivePlan } from "../../collector/archiving/schedule.ts";
import type { Collector } from "../../collector/collect.ts";
import { type MetricsServer, openMetrics } from "../../collector/metrics/metrics-server.ts";
import { type SymbolChoice, symbolChoice } from "../../collector/symbols/choice.ts";
import { listFlag, numberFlag } from "../../terminal/flags.ts";
import type { CollectFlags } from "./flags.ts";

/** The symbols that the flags choose; undefined: they leave it to the venue. */
export function chosenBy(flags: CollectFlags): SymbolChoice | undefined {
  const most = flags["most-traded"];
  return symbolChoice(
    flags.symbols === undefined ? undefined : listFlag(flags.symbols),
    most === undefined ? undefined : numberFlag("most-traded", most, 1, 3000),
  );
}

/** What is archived when, and how long it is kept. */
export function archivePlan(after: string | undefined, keep: string | undefined): ArchivePlan | undefined {
  const keepUs = keep === undefined ? undefined : parseDuration(keep, "--keep");
  const archiveAfterUs = after === undefined ? undefined : parseDuration(after, "--archive-after");
  if (keepUs !== undefined && (archiveAfterUs === undefined || keepUs < archiveAfterUs))
    refuse({
      code: "bad-flag",
      where: "--keep",
      problem: `needs --archive-after, and no longer than itself: only what is archived is removed; got ${after ?? "none"} with --keep ${keep}`,
      hint: "Pass for example --archive-after 7d --keep 30d.",
    });
  return archiveAfterUs === undefined ? undefined : { archiveAfterUs, keepUs };
}

/** Opened only when asked for. */
export async function metricsFor(
  flags: CollectFlags,
  db: string,
  collector: Collector,
): Promise<MetricsServer | undefined> {
  const port = flags["metrics-port"];
  const bind = flags["metrics-bind"];
  if (port === undefined) {
    if (bind !== undefined)
      refuse({
        code: "bad-flag",
        where: "--metrics-bind",
        problem: "needs --metrics-port beside it; got none",
        hint: "Pass for example --metrics-port 9464.",
      });
    return undefined;
  }
  return openMetrics({
    port: numberFlag("metrics-port", port, 0, 65_535),
    bind: bind ?? "127.0.0.1",
    token: process.env.TICKBOOK_METRICS_TOKEN || undefined,
    db,
    status: () => collector.status(),
  }).catch(async (error: unknown) => {
    await collector.stop();
    throw error;
  });
}
