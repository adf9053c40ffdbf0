import { isSnoozed } from "../../analytics/alerts/acts.ts";
import { plainText } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import { venueLabel } from "../../core/trade.ts";
import type { Series, TradeStore } from "../../pipeline/store/trade-store.ts";
import { systemClock } from "../clock.ts";
import type { Screen } from "../terminal/screen.ts";
import type { StopRequest } from "../terminal/stop-request.ts";
import type { RuleLoader } from "./rules-file.ts";
import { troubleTeller } from "./trouble-teller.ts";
import { activeSymbols, venueSeries } from "./venues.ts";
import type { Watch } from "./watch.ts";

export interface LoopSettings {
  readonly reader: TradeStore;
  readonly venue: string | undefined;
  readonly rules: RuleLoader;
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
/** How often it is asked whether the rules have changed. */
const LOOK_AT_RULES_MS = 1000;

/** Watches until it is asked to stop; begins again when other symbols or another venue receive trades, and with other rules. */
export async function watchLoop({
  reader,
  venue,
  rules,
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
    const series = venueSeries(reader, venue, rules.named);
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
    const begun = watched;
    const symbols = begun.series.map(({ symbol }) => symbol);
    const reasons = [
      every(LOOK_AT_RULES_MS, () => (rulesHaveChanged(symbols) ? "The rules have changed." : "")),
      every(LOOK_ROUND_MS, () => (nameOf(now(begun)) === nameOf(begun) ? "" : OTHERS)),
    ];
    try {
      const reason = await passes(watch, () => reasons.map((reason) => reason()).find(Boolean) ?? "");
      if (!isStopped) screen.line(reason);
    } finally {
      watch.finish();
    }
  }

  /** Whether the file of rules is another one, and sound; what is wrong with it is told, and the rules stay as they were. */
  function rulesHaveChanged(symbols: readonly string[]): boolean {
    const { hasChanged, problem } = rules.look(symbols);
    if (problem !== "") {
      for (const line of problem.split("\n")) screen.line(plainText(line));
      screen.line("The rules stay as they were.");
    }
    return hasChanged;
  }

  /** Passes until there is a reason to begin again. */
  async function passes(watch: Watch, whyAgain: () => string): Promise<string> {
    const tellTrouble = troubleTeller(screen, systemClock.monotonicMs);
    while (!isStopped) {
      let troubles = "";
      try {
        if (watch.pass()) screen.status(statusText(watch));
        troubles = watch.troubles().join(" · ");
        const reason = whyAgain();
        if (reason !== "") return reason;
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        if (code?.startsWith("SQLITE_") !== true) throw error;
        troubles = `The database can't be read (${code}: ${message}); trying again.`;
      }
      tellTrouble(troubles);
      await pause(pollMs);
    }
    return "";
  }
}

const OTHERS = "Other symbols of the database receive trades now.";

/** A question that is asked no more often than every so many ms; "" in between. */
function every(ms: number, ask: () => string): () => string {
  let askedMs = systemClock.monotonicMs();
  return () => {
    if (systemClock.monotonicMs() - askedMs < ms) return "";
    askedMs = systemClock.monotonicMs();
    return ask();
  };
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
  const all = watch.status();
  const states = [...all.map(({ state }) => state.state), ...all.filter(isSnoozed).map(() => "snoozed")];
  const parts = ["firing", "pending", "no data", "snoozed"].flatMap((name) => {
    const count = states.filter((state) => state === name).length;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  const time = formatUtc(Math.floor(watch.venueUs() / 1e6) * 1e6);
  return [parts.length === 0 ? "all quiet" : parts.join(", "), `${all.length} alerts`, time].join(" · ");
}
