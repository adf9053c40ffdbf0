import { plainText } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import { venueLabel } from "../../core/trade.ts";
import type { Series, StoreReader } from "../../pipeline/store/read/reader.ts";
import { systemClock } from "../clock.ts";
import type { Screen } from "../terminal/screen.ts";
import type { StopRequest } from "../terminal/stop-request.ts";
import { troubleTeller } from "./trouble-teller.ts";
import { activeSymbols, venueSeries } from "./venues.ts";
import type { Watch } from "./watch.ts";

export interface LoopSettings {
  readonly reader: StoreReader;
  readonly venue: string | undefined;
  /** The symbols that rules name. */
  readonly named: readonly string[];
  /** A watch of these series; `symbols`: those with trades of late. */
  readonly begin: (series: readonly Series[], symbols: readonly string[]) => Watch;
  readonly screen: Screen;
  readonly pollMs: number;
  readonly stop: StopRequest;
}

interface Watched {
  readonly series: readonly Series[];
  /** What `"*"` stands for. */
  readonly symbols: readonly string[];
}

/** How often it is asked whether the venue and its symbols are still those that receive trades. */
const LOOK_ROUND_MS = 5000;

/** Watches until it is asked to stop; begins again when other symbols or another venue receive trades. */
export async function watchLoop({
  reader,
  venue,
  named,
  begin,
  screen,
  pollMs,
  stop,
}: LoopSettings): Promise<void> {
  let isStopped = false;
  const asked = stop.asked.then(() => {
    isStopped = true;
  });
  const pause = (ms: number): Promise<unknown> =>
    Promise.race([asked, new Promise<void>((resolve) => void systemClock.after(ms, resolve))]);
  /** What is watched now; a symbol that falls silent stays. */
  const now = (before?: Watched): Watched => {
    const series = venueSeries(reader, venue, named);
    const active = activeSymbols(reader, series);
    const isSame = series[0]?.venue.name === before?.series[0]?.venue.name;
    const symbols = isSame ? [...new Set([...(before?.symbols ?? []), ...active])] : active;
    return { series, symbols };
  };

  let hasSaid = false;
  let watched: Watched | undefined;
  while (!isStopped) {
    watched = now(watched);
    if (watched.symbols.length === 0) {
      if (!hasSaid) screen.line("Waiting for a collector to begin with this database.");
      hasSaid = true;
      await pause(1000);
      continue;
    }
    const watch = begin(watched.series, watched.symbols);
    greet(screen, watch, watched.series[0]!);
    try {
      const begun = watched;
      await passes(watch, () => nameOf(now(begun)) === nameOf(begun));
    } finally {
      watch.finish();
    }
    if (!isStopped) screen.line("Other symbols of the database receive trades now.");
  }

  async function passes(watch: Watch, isStillSo: () => boolean): Promise<void> {
    let lookedMs = systemClock.monotonicMs();
    const tellTrouble = troubleTeller(screen, systemClock.monotonicMs);
    while (!isStopped) {
      let troubles = "";
      try {
        if (watch.pass()) screen.status(statusText(watch));
        troubles = watch.troubles().join(" · ");
        if (systemClock.monotonicMs() - lookedMs >= LOOK_ROUND_MS) {
          lookedMs = systemClock.monotonicMs();
          if (!isStillSo()) return;
        }
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (code?.startsWith("SQLITE_") !== true) throw error;
        troubles = `The database can't be read (${code}: ${message}); trying again.`;
      }
      tellTrouble(troubles);
      await pause(pollMs);
    }
  }
}

function nameOf({ series, symbols }: Watched): string {
  return JSON.stringify([series.map(({ venue, symbol }) => [venue.name, symbol]), symbols]);
}

function greet(screen: Screen, watch: Watch, { venue }: Series): void {
  const alerts = watch.status();
  const rules = new Set(alerts.map(({ alert }) => alert.rule)).size;
  const count = (n: number, name: string): string => `${n} ${name}${n === 1 ? "" : "s"}`;
  const where = [venue.name, venueLabel(venue)].filter(Boolean).map(plainText).join(", ");
  screen.line(`Watching ${count(alerts.length, "alert")} of ${count(rules, "rule")} at ${where}`);
  for (const { alert, state } of alerts) {
    if (state.state !== "firing") continue;
    const about = [alert.rule.name, alert.watched.join("/")].map(plainText).join(" · ");
    screen.line(`Firing since ${formatUtc(state.firingUs ?? Number.NaN)}: ${about}`);
  }
}

function statusText(watch: Watch): string {
  const states = watch.status().map(({ state }) => state.state);
  const parts = (["firing", "pending", "no data"] as const).flatMap((name) => {
    const count = states.filter((state) => state === name).length;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  const time = formatUtc(Math.floor(watch.venueUs() / 1e6) * 1e6);
  return [parts.length === 0 ? "all quiet" : parts.join(", "), `${states.length} alerts`, time].join(" · ");
}
