import { isAbsolute, relative } from "node:path";
import type { Leg, Market } from "../../analytics/backtest/types.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatDuration, formatUtc } from "../../core/time.ts";
import { isDeskAddress } from "../../pipeline/desk/wire/address.ts";
import { readOptions, type Voice } from "../../pipeline/files/asking.ts";
import { isOtherProgram } from "../../pipeline/store/file/is-database.ts";
import { type SourceWords, type WindowWords, windowOf } from "../data/data-source.ts";
import { type FoundSource, findSource } from "../data/open-source.ts";
import { projectRoot } from "../project.ts";
import { jointVenue, marketNames } from "./joint-venue.ts";
import { filedBars, type ReadMarket, type Request, seededBars } from "./sources.ts";
import { storedBars } from "./stored-bars.ts";

/** Which bars are read. */
export interface MarketRequest extends SourceWords, WindowWords {
  /** All that the source has unless told. */
  readonly symbols?: readonly string[];
  /** A bar of a database is closed when each symbol's newest time has passed its end by this much; 1000 unless told. */
  readonly graceMs?: number;
}

/** Bars with their source as it is written down: a path is from the project's folder on. */
export interface SourcedMarket extends ReadMarket {
  readonly source: string | readonly [y: string, x: string];
  /** Of two sources: the venues of plain symbols. */
  readonly plainVenues?: readonly (string | undefined)[];
}

/**
 * The bars of a source, whatever it is: closed ones, whole ones, of every symbol from where all of them have begun to where the
 * first of them ends. Relative paths are from `folder` on; refusals name options as `voice` does.
 */
export function readMarket(
  request: MarketRequest,
  folder: string = process.cwd(),
  voice: Voice = "settings",
): SourcedMarket {
  const { source, symbols } = request;
  const whole = requestOf(request);
  if (!Array.isArray(source)) {
    const place = findIn(whole, source as string | undefined, folder);
    refuseIdle(whole, [place]);
    return readOne(whole, place, voice);
  }
  if (source.length !== 2 || symbols?.length !== 2) {
    refuse({
      code: "bad-source",
      where: "source",
      problem: `needs one source, or two of them for y and x; got ${source.length} for ${symbols?.length ?? "all"} symbols`,
      hint: "Pass one, or one a leg.",
    });
  }
  const places = source.map((word: string) => findIn(whole, word, folder));
  refuseIdle(whole, places);
  const { bars, ...window } = whole;
  const legs = places.map((place, k) => fitting({ ...window, symbols: [symbols[k]!] }, place));
  const [toUs, fromUs] = commonWindow(
    legs.map((leg, k) => readOne(leg, places[k]!, voice)),
    bars,
  );
  // once more, so that what is told of ids and holes is of the common window
  return joined(legs.map((leg, k) => readOne({ ...leg, fromUs, toUs }, places[k]!, voice)));
}

function requestOf(request: MarketRequest): Request {
  const { symbols, venue, graceMs, sessions } = request;
  if (sessions !== undefined && typeof sessions !== "boolean") {
    refuse({
      code: "bad-setting",
      where: "sessions",
      problem: `needs true or false; got ${quote(sessions, 60)}`,
      hint: "Leave it out to keep the bars in which a file has no row.",
    });
  }
  const read = { ...readOptions(request), ...(sessions === true && { sessions }) };
  return {
    ...(symbols !== undefined && symbols.length > 0 && { symbols }),
    ...(venue !== undefined && { venue }),
    ...(graceMs !== undefined && { graceUs: 1000 * graceMs }),
    ...(Object.keys(read).length > 0 && { read }),
    ...windowOf(request),
  };
}

/** Another program's database is a file of rows. */
function findIn({ read }: Request, word: string | undefined, folder: string): FoundSource {
  const found = findSource(word, folder);
  if (found.kind !== "store") return found;
  if (isDeskAddress(found.path)) return found;
  const isForeign = read?.table !== undefined || read?.query !== undefined || isOtherProgram(found.path);
  return isForeign ? { kind: "file", path: found.path } : found;
}

/** What a request says to a source of that kind. */
function fitting({ venue, graceUs, read, ...rest }: Request, { kind }: FoundSource): Request {
  return {
    ...rest,
    ...(kind === "store" && venue !== undefined && { venue }),
    ...(kind === "store" && graceUs !== undefined && { graceUs }),
    ...(kind === "file" && read !== undefined && { read }),
    // bars that came as bars may have sessions, too
    ...(kind === "store" && read?.sessions === true && Object.keys(read).length === 1 && { read }),
  };
}

/** Refuses settings that have no effect on any of the sources. */
function refuseIdle(request: Request, places: readonly FoundSource[]): void {
  const taken = Object.assign({}, ...places.map((place) => fitting(request, place))) as Request;
  const idle = (["venue", "graceUs", "read"] as const).find(
    (name) => request[name] !== undefined && taken[name] === undefined,
  );
  if (idle === undefined) return;
  refuse({
    code: "no-effect",
    where: idle === "read" ? Object.keys(request.read!)[0]! : idle === "graceUs" ? "graceMs" : idle,
    problem: `needs a ${idle === "read" ? "file" : "database"} to have an effect; got ${places.map((place) => quote(nameOf(place), 120)).join(" and ")}`,
    hint: "Leave it out.",
  });
}

function readOne(request: Request, place: FoundSource, voice: Voice): SourcedMarket {
  const read =
    place.kind === "simulated"
      ? seededBars(request, place.market)
      : place.kind === "store"
        ? storedBars(request, place.path, voice)
        : filedBars(request, place.path, voice);
  return { source: nameOf(place), ...read };
}

function nameOf(place: FoundSource): string {
  return place.kind === "simulated" ? place.word : keptPath(place.path);
}

function keptPath(path: string): string {
  if (isDeskAddress(path)) return path;
  const near = relative(projectRoot, path);
  return isAbsolute(near) ? path : near.replaceAll("\\", "/");
}

/** To and from of what both legs have. */
function commonWindow(read: readonly SourcedMarket[], bars: number | undefined): readonly [number, number] {
  const [y, x] = read as [SourcedMarket, SourcedMarket];
  const { intervalUs, startUs } = y.market;
  const off = Math.abs(startUs[0]! - x.market.startUs[0]!) % intervalUs;
  if (intervalUs !== x.market.intervalUs || off !== 0) {
    refuse({
      code: "bars-do-not-align",
      where: "source",
      problem: `needs bars of one length on one grid; got ${read.map(gridText).join(" and ")}`,
      hint: "Pass an interval that both have.",
    });
  }
  const toUs = Math.min(y.window[1], x.window[1]);
  const beginUs = Math.max(y.window[0], x.window[0]);
  if (beginUs >= toUs) {
    refuse({
      code: "no-bars",
      where: "source",
      problem: `needs legs of one stretch of time; got ${read.map(spanText).join(" and ")}`,
      hint: "Choose sources that overlap in time.",
    });
  }
  return [toUs, bars === undefined ? beginUs : Math.max(beginUs, toUs - bars * intervalUs)];
}

function gridText({ source, market }: SourcedMarket): string {
  return `${source} by ${formatDuration(market.intervalUs)} from ${formatUtc(market.startUs[0]!)}`;
}

function spanText({ source, window }: SourcedMarket): string {
  return `${source} from ${formatUtc(window[0])} to ${formatUtc(window[1])}`;
}

function joined(read: readonly SourcedMarket[]): SourcedMarket {
  const [y, x] = read as [SourcedMarket, SourcedMarket];
  const markets = read.map(({ venue, market }) => ({ venue: venue.name, symbol: market.legs[0]!.symbol }));
  const names = marketNames(markets);
  const legs: Leg[] = read.map(({ market }, k) => ({ ...market.legs[0]!, symbol: names[k]! }));
  const market: Market = { ...y.market, legs };
  return {
    source: [y.source as string, x.source as string],
    market,
    venue: jointVenue(read.map(({ venue }) => venue)),
    window: y.window,
    ids: read.map(({ ids }) => ids[0]),
    holes: read.flatMap(({ holes }, k) => holes.map((hole) => ({ ...hole, symbol: names[k]! }))),
    notes: [...new Set(read.flatMap(({ notes }) => notes))],
    plainVenues: read.map(({ plainVenue }) => plainVenue),
  };
}
