import type { Trade } from "../../core/trade.ts";
import type { IdRange } from "../store/ledger/id-ranges.ts";
import type { MergedTrade } from "../store/ledger/merged.ts";
import type { RepairResult } from "../store/write/repair.ts";
import { aggregatesUrl, readAggregates, readTrades, tradesUrl } from "../venues/binance/pages.ts";
import type { Job, Outcome } from "./backfill-queue.ts";
import { nextAggregate, nextWish, widened, withWitnesses } from "./sweep.ts";

/** What filling a hole needs of the world. */
export interface FillWorld {
  readonly restUrl: string;
  nowUs(): number;
  /** Missing ids of the symbol's other holes which are to be filled now. */
  readonly neighbours: readonly IdRange[];
  /** The body of an answer; undefined: there was none, and the matter is settled. */
  ask(url: string): Promise<unknown>;
  fill(page: readonly Trade[] | readonly MergedTrade[]): Promise<RepairResult>;
}

const NOT_SERVED = "not served: the exchange's history does not have these ids";
const GOING: Outcome = { kind: "going" };
const NOT_YET: Outcome = { kind: "fruitless", reason: NOT_SERVED };

/** One page of single trades for a hole; undefined: there was no answer. */
export async function fillTrades(job: Job, world: FillWorld): Promise<Outcome | undefined> {
  const { symbol, missing } = job.hole;
  const wish = nextWish(missing, job.sweep);
  if (wish === undefined) return roundOver(job);
  // after an answer of no use the hole is asked for alone: a neighbour may be what was wrong
  const asked = job.fruitless === 0 ? widened(wish, world.neighbours) : wish;
  const { fromId, lastId, fromEnd } = job.doubted ? withWitnesses(asked) : asked;
  const body = await world.ask(tradesUrl(world.restUrl, symbol, fromId, lastId - fromId + 1));
  if (body === undefined) return undefined;
  const page = readTrades(body, { symbol, fromId, lastId }, world.nowUs());
  if (page.kind === "bad") return unusable(page.why);
  if (page.kind === "empty") return NOT_YET;
  if (page.firstId > fromId) {
    // below the oldest id that is served the answer is others, of no use; one such answer alone may be a poor one
    if (!job.floorMet) {
      job.floorMet = true;
      return { kind: "fruitless", reason: begins(page.firstId) };
    }
    job.sweep = { ...job.sweep, floor: page.firstId };
    return missing.some(({ last }) => last >= page.firstId) ? GOING : hopeless(job);
  }
  job.floorMet = false;
  const result = await world.fill(page.rows);
  if (result.kind !== "stored") {
    // one of them is wrong: who that is more trades around will tell
    job.doubted ||= result.kind === "conflict";
    return refused(result);
  }
  if (fromEnd) return result.stored > 0 ? GOING : roundOver(job);
  const reached = page.rows.at(-1)!.id;
  if (reached === fromId) return NOT_YET;
  job.sweep = { ...job.sweep, cursor: reached + 1 };
  return GOING;
}

/** One page of aggregates for a hole, or on the way to their place; undefined: there was no answer. */
export async function fillAggregates(job: Job, world: FillWorld): Promise<Outcome | undefined> {
  const { symbol, uncovered, last } = job.hole;
  const range = uncovered.find((one) => one.last >= job.sweep.cursor);
  if (range === undefined) return roundOver(job);
  /** Goes on behind this range of ids. */
  const leave = (): Outcome => {
    job.sweep = { ...job.sweep, cursor: range.last + 1 };
    return GOING;
  };
  // the trade before is held: the aggregate with it tells that this is the right place
  const id = range.first - 1;
  if (job.search.id !== id) job.search = { id };
  const { reached } = job;
  const isThere = reached !== undefined && reached.first <= id && id <= reached.last;
  const fromId = isThere ? reached.aggId : nextAggregate(id, job.search);
  const body = await world.ask(aggregatesUrl(world.restUrl, symbol, fromId));
  if (body === undefined) return undefined;
  const page = readAggregates(body, { symbol, fromId }, world.nowUs());
  if (page.kind === "bad") return unusable(page.why);
  const first = page.kind === "rows" ? page.rows[0] : undefined;
  const end = page.kind === "rows" ? page.rows.at(-1) : undefined;
  if (page.kind === "empty" || first === undefined || end === undefined) return NOT_YET;
  if (id < first.first) {
    job.search = { ...job.search, above: { aggId: page.firstId, first: first.first } };
    const isFloor = fromId !== undefined && page.firstId > fromId;
    return isFloor ? leave() : GOING;
  }
  if (end.last < id) {
    if (fromId === undefined) return NOT_YET;
    job.search = { ...job.search, below: { aggId: end.aggId, last: end.last } };
    return GOING;
  }
  const start = page.rows.findIndex((row) => row.first <= id && id <= row.last);
  if (start < 0) return leave();
  const rows = unbroken(page.rows.slice(start)).filter((row) => row.first <= last + 1);
  const result = await world.fill(rows);
  if (result.kind !== "stored") return refused(result);
  job.reached = rows.at(-1)!;
  if (rows.length === 1 && result.stored === 0) return NOT_YET;
  job.sweep = { ...job.sweep, cursor: job.reached.last + 1 };
  return GOING;
}

function roundOver(job: Job): Outcome {
  const { floor } = job.sweep;
  if (floor > 0 && job.hole.missing.every(({ last }) => last < floor)) return hopeless(job);
  return { kind: "round over", reason: NOT_SERVED };
}

function hopeless({ sweep }: Job): Outcome {
  return { kind: "hopeless", reason: begins(sweep.floor) };
}

function begins(floor: number): string {
  return `not served: the exchange's history begins at id ${floor}`;
}

function unusable(why: string): Outcome {
  return { kind: "fruitless", reason: `an answer was not used: ${why}` };
}

function refused(result: Exclude<RepairResult, { kind: "stored" }>): Outcome {
  return unusable(
    result.kind === "conflict"
      ? `it contradicts the stored trade ${result.id}`
      : "it has no trade in common with what is stored",
  );
}

/** The rows up to the first that does not follow the one before. */
function unbroken(rows: readonly MergedTrade[]): readonly MergedTrade[] {
  const end = rows.findIndex((row, i) => i > 0 && row.first !== rows[i - 1]!.last + 1);
  return end < 0 ? rows : rows.slice(0, end);
}
