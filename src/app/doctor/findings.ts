import { quote } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import { keepsWorldClock, type Venue } from "../../core/trade.ts";
import type { FileUser, SeriesQuality, TradeFacts } from "../../pipeline/store/quality/quality-types.ts";
import type { Diagnosis, Finding } from "./diagnosis.ts";
import { publisherFindings } from "./publishers.ts";
import { bytesText, countText, spanText } from "./words.ts";

/** Days of room on the disk below which somebody should act. */
const FEW_DAYS = 3;
const QUIET_US = 60e6;
/** So long without any trade of a venue, and none is collected; one that ended before was meant to. */
const DEAD_US = 600e6;
const LATELY_US = 7 * 86_400e6;
const HOUR_US = 3600e6;

type Facts = Omit<Diagnosis, "findings" | "healthy">;
interface Words {
  readonly walAlarmBytes: number;
  readonly users: readonly FileUser[];
}

export function findingsOf(facts: Facts, words: Words): Finding[] {
  const venues = [...new Set(facts.series.map(({ venue }) => venue.name))];
  const found = [
    ...ofFile(facts, words),
    ...publisherFindings(facts.publishers),
    ...facts.series.flatMap((series) =>
      series.trades === undefined
        ? [note("no-trades", heldText(series), series)]
        : [
            ...ofIds(series, series.trades, facts),
            ...ofWindow(series, series.trades, facts),
            ...ofClock(series, series.trades),
          ],
    ),
    ...facts.series.flatMap((series) => ofHiddenBars(series)),
    ...facts.series.flatMap((series) => ofTroubles(series, facts)),
    ...venues.flatMap((name) => {
      const at = facts.series.filter(({ venue }) => venue.name === name);
      return ofVenue(at[0]!.venue, at, facts);
    }),
  ];
  return found.sort((a, b) => Number(b.attention) - Number(a.attention));
}

/** What a symbol without single trades has instead. */
function heldText({ imported }: SeriesQuality): string {
  if (imported === undefined) return "has no trade yet.";
  const { mergedTrades, bars } = imported;
  const parts = [
    ...(mergedTrades > 0 ? [countText(mergedTrades, "merged trade")] : []),
    ...bars.map(
      (one) =>
        `${countText(one.bars, "bar")} of ${formatDuration(one.intervalUs)} from ${formatUtc(one.firstUs)} to ${formatUtc(one.lastUs)}`,
    ),
  ];
  return `has no single trades; imported: ${parts.join(", ")}.${bars.length > 0 ? " Nothing proves that no bar is missing." : ""}`;
}

/** Bars that came as bars, in a series that has trades. */
function ofHiddenBars(series: SeriesQuality): Finding[] {
  const { trades, imported } = series;
  if (imported === undefined || imported.bars.length === 0) return [];
  if (trades === undefined && imported.mergedTrades === 0) return [];
  const held = imported.bars.map(
    (one) => `${countText(one.bars, "bar")} of ${formatDuration(one.intervalUs)}`,
  );
  const text = `${held.join(", ")} came as bars and are not shown: this series has trades, and its bars are made of those. Import the bars under a name of their own (--venue-name) to see them.`;
  return [note("bars-hidden", text, series)];
}

function ofFile({ integrity, disk, series }: Facts, { walAlarmBytes, users }: Words): Finding[] {
  const found: Finding[] = [];
  if (integrity.problems.length > 0) {
    const [first, ...more] = integrity.problems;
    found.push(
      alarm(
        "damaged",
        `the file is damaged: ${quote(first)}${more.length > 0 ? ` and ${more.length} more` : ""}. Stop the collector, keep the file with its -wal, and let the collector begin another one.`,
      ),
    );
  }
  for (const sentence of integrity.missingFiles) found.push(alarm("archive-missing", sentence));
  if (disk.walBytes > walAlarmBytes) {
    const who = users.map(({ pid, name }) => `${name} (process ${pid})`).join(", ");
    found.push(
      alarm(
        "wal-large",
        `the write-ahead log has ${bytesText(disk.walBytes)}. Most likely a reader holds an old state of the file, so that the log can't be emptied: a query that was left open in a notebook or a database tool.${who === "" ? "" : ` The file is open in ${who}.`} Close it; the log shrinks at the collector's next commits.`,
      ),
    );
  }
  if (disk.daysUntilFull < FEW_DAYS) {
    found.push(
      alarm(
        "disk-soon-full",
        `the disk has ${bytesText(disk.freeBytes)} left, at ${bytesText(disk.growthBytesPerDay)} a day enough for ${spanText(disk.daysUntilFull * 86_400e6)}. Make room.`,
      ),
    );
  }
  if (series.length === 0 && integrity.problems.length + integrity.missingFiles.length === 0)
    found.push({
      code: "no-trades",
      attention: false,
      text: "the database is empty: no collector has stored a symbol yet.",
    });
  return found;
}

/** Trades that came in the last hour and were not stored, or after the last one that was. */
function ofTroubles(series: SeriesQuality, { collector, checkedUs }: Facts): Finding[] {
  return collector.troubles
    .filter(({ venue, symbol }) => venue === series.venue.name && symbol === series.symbol)
    .filter(({ lastUs }) => lastUs > checkedUs - HOUR_US || lastUs > (series.trades?.lastReceivedUs ?? 0))
    .map(({ kind, trades, firstUs }) => {
      const why =
        kind === "ids-anew"
          ? "the exchange's ids have started over, and two sequences in one series can't be told apart"
          : "their ids lie below all that this database holds";
      return alarm(
        "symbol-refused",
        `${countText(trades, "trade")} since ${formatUtc(firstUs)} came and were not stored: ${why}. Go on under another --venue-name or into another --db.`,
        series,
      );
    });
}

function ofIds(series: SeriesQuality, trades: TradeFacts, { collector }: Facts): Finding[] {
  const { holes, ledger, coverage } = trades;
  const found: Finding[] = [];
  const defect = ledger.defects[0];
  if (defect !== undefined) {
    const ids = defect.first === defect.last ? `id ${defect.first}` : `ids ${defect.first} to ${defect.last}`;
    const what = {
      "no trade": `the ledger holds ${ids}, but no such trade is stored`,
      "not in the ledger": `trades with ${ids} are stored, but not in the ledger`,
      "no merged trade": `${ids} should be there as merged trades, and are not`,
    }[defect.kind];
    found.push(
      alarm(
        "ledger-mismatch",
        `${what}. Either another program changed the file, or it is a defect of Tickbook: keep a copy and report it.`,
        series,
      ),
    );
  }
  if (trades.unlistedIds > 0)
    found.push(
      alarm(
        "unlisted-ids",
        `${countText(trades.unlistedIds, "id")} missing and in no hole. It is a defect of Tickbook: keep a copy of the file and report it.`,
        series,
      ),
    );
  const left = collector.fileHoles.find(
    ({ venue, symbol }) => venue === series.venue.name && symbol === series.symbol,
  );
  if (left !== undefined)
    found.push(
      alarm(
        "holes-for-files",
        `${countText(left.holes, "hole")} with ${countText(left.ids, "id")} too large to be asked for one page after the other: no collector fills them. Import the exchange's daily files: npm run import.`,
        series,
      ),
    );
  const open = holes.detected.holes + holes["partly filled"].holes - (left?.holes ?? 0);
  if (open > 0) {
    const missing = holes.detected.missingIds + holes["partly filled"].missingIds - (left?.ids ?? 0);
    const help = helpFor(series.venue);
    found.push(
      alarm(
        "open-holes",
        `${countText(open, "hole")} open, ${countText(missing, "id")} of ${coverage.ids.toLocaleString("en")} missing. ${help}`,
        series,
      ),
    );
  }
  if (trades.conflicts > 0)
    found.push(
      alarm(
        "conflicts",
        `${countText(trades.conflicts, "trade")} came again with another content. The first is kept; the others are in the table conflicts.`,
        series,
      ),
    );
  const { aggregated, unrecoverable } = holes;
  if (aggregated.holes + unrecoverable.holes > 0)
    found.push(
      note(
        "gaps-kept",
        `${[
          aggregated.holes > 0
            ? `${aggregated.missingIds.toLocaleString("en")} ids could be had as merged trades only`
            : "",
          unrecoverable.holes > 0
            ? `${unrecoverable.missingIds.toLocaleString("en")} ids can't be had any more`
            : "",
        ]
          .filter(Boolean)
          .join("; ")}.`,
        series,
      ),
    );
  return found;
}

/** A window that begins after the last trade. */
function ofWindow(series: SeriesQuality, { window, lastTimeUs }: TradeFacts, { since }: Facts): Finding[] {
  if (window !== undefined || Number.isNaN(lastTimeUs)) return [];
  const from = /^\d{4}-/.test(since) ? `since ${since}` : `in the last ${since} of its venue`;
  return [note("empty-window", `no trade ${from}: its trades end at ${formatUtc(lastTimeUs)}.`, series)];
}

/** Who could bring what is missing. */
function helpFor({ name, kind }: Venue): string {
  if (kind === "replayed") return "A replay that has ended can't fill them any more.";
  if (kind === "file") return "Only a file that has them can bring them.";
  if (FUTURES.test(name))
    return "Ids of futures skip by design (insurance fund, liquidations): merged trades count, and only a file could bring others.";
  return "A running collector asks the exchange for them; start it, or look at its log.";
}

const FUTURES = /^binance-(usdm|coinm)$/;

/** Whether anything comes: one note where the whole venue is quiet, else one a symbol. */
function ofVenue(
  venue: Venue,
  series: readonly SeriesQuality[],
  { checkedUs: nowUs, collector }: Facts,
): Finding[] {
  if (!keepsWorldClock(venue)) {
    const kind =
      venue.kind === "replayed"
        ? "a replay"
        : venue.kind === "file"
          ? "files"
          : "a simulated market at another pace";
    const text = `its times are those of ${kind}: latency and growth say nothing.`;
    return [{ code: "other-time", attention: false, venue: venue.name, text }];
  }
  const read = series.filter(({ trades }) => trades !== undefined);
  const quietUs = read.map(({ trades }) => nowUs - trades!.lastReceivedUs);
  const text = (us: number): string =>
    `no trade came for ${spanText(us)}. No collector runs, or the market is quiet.`;
  const quietestUs = Math.min(...quietUs);
  if (read.length > 0 && quietestUs > DEAD_US && (collector.running || quietestUs < LATELY_US)) {
    const whose = collector.running
      ? "A collector has the database open: look at its log."
      : "No collector runs: start it.";
    const dead = `nothing was stored for ${spanText(quietestUs)}. ${whose}`;
    return [{ code: "not-collecting", attention: true, venue: venue.name, text: dead }];
  }
  if (read.length > 0 && quietUs.every((us) => us > QUIET_US))
    return [{ code: "quiet", attention: false, venue: venue.name, text: text(Math.min(...quietUs)) }];
  return read.flatMap((one, i) => (quietUs[i]! > QUIET_US ? [note("quiet", text(quietUs[i]!), one)] : []));
}

function ofClock(series: SeriesQuality, trades: TradeFacts): Finding[] {
  if (!keepsWorldClock(series.venue)) return [];
  const found: Finding[] = [];
  const { latency } = trades;
  if (latency !== undefined && latency.minMs < -1)
    found.push(
      note(
        "clock-offset",
        `trades come up to ${spanText(-latency.minMs * 1000)} before they were published: this machine's clock is behind by at least that much. Let a time server set it; ids and holes do not depend on it.`,
        series,
      ),
    );
  else if (latency !== undefined && latency.minMs > 1000 && latency.p50Ms < 2 * latency.minMs)
    found.push(
      note(
        "clock-offset",
        `every trade comes at least ${spanText(latency.minMs * 1000)} late, and most hardly more: this machine's clock is probably ahead. Let a time server set it; ids and holes do not depend on it.`,
        series,
      ),
    );
  return found;
}

function alarm(code: string, text: string, series?: SeriesQuality): Finding {
  return { ...note(code, text, series), attention: true };
}

function note(code: string, text: string, series?: SeriesQuality): Finding {
  return { code, attention: false, ...(series && { venue: series.venue.name, symbol: series.symbol }), text };
}
