import { refuse, TickbookError } from "../../../core/errors.ts";
import { parseDuration } from "../../../core/time.ts";
import { systemClock } from "../../clock.ts";
import type { ArchivePlan } from "../../collector/archiving/schedule.ts";
import type { Collector } from "../../collector/collector.ts";
import { type MetricsServer, openMetrics } from "../../collector/metrics/metrics-server.ts";
import { type SymbolChoice, symbolChoice } from "../../collector/symbols/choice.ts";
import { listFlag, numberFlag } from "../../terminal/flags.ts";
import type { Log } from "../../terminal/log.ts";
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

/** Metrics that are served, or will be as soon as their port is free. */
export interface KeptMetrics {
  readonly port: number | undefined;
  close(): Promise<void>;
}

const PORT_AGAIN_MS = 5000;

/** Opened only when asked for. A port that another program has may become free: it is tried again, and the collector goes on. */
export async function metricsFor(
  flags: CollectFlags,
  db: string,
  collector: Collector,
  log: Log,
): Promise<KeptMetrics> {
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
    return { port: undefined, close: async () => {} };
  }
  let server: MetricsServer | undefined;
  let closed = false;
  let cancel = (): void => {};
  const open = async (): Promise<void> => {
    try {
      server = await openMetrics({
        port: numberFlag("metrics-port", port, 0, 65_535),
        bind: bind ?? "127.0.0.1",
        token: process.env.TICKBOOK_METRICS_TOKEN || undefined,
        db,
        status: () => collector.status(),
      });
      if (closed) await server.close();
    } catch (error) {
      if (!(error instanceof TickbookError) || error.facts?.code !== "EADDRINUSE") throw error;
      const message = `${error.message} Tried again every ${PORT_AGAIN_MS / 1000} s; trades are collected meanwhile.`;
      log({ level: "warn", event: "metrics-port", message });
      cancel = systemClock.after(PORT_AGAIN_MS, () => void open());
    }
  };
  await open();
  return {
    port: server?.port,
    close: async () => {
      closed = true;
      cancel();
      await server?.close();
    },
  };
}
