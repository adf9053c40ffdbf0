import type { Question } from "./observe.ts";
import { type Assumption, everyOne, type Facts, isRow, oneThing } from "./verdict.ts";

type Row = Readonly<Record<string, unknown>>;

const DECIMAL = /^\d{1,12}\.\d{8}$/;

const rowsOf = (
  id: string,
  says: string,
  question: Question,
  fits: (row: Row, before: Row | undefined, facts: Facts) => boolean,
): Assumption => ({
  id,
  says,
  judge: (facts) => {
    const rows = facts.rows(question);
    if (rows === undefined) return noRows(facts, question);
    return everyOne(
      rows,
      (row, i) => fits(row, rows[i - 1], facts),
      (row) => row,
    );
  },
});

/** An answer that is no list: broken where it says 200, not seen where the exchange refused. */
function noRows({ seen }: Facts, question: Question): ReturnType<Assumption["judge"]> {
  const answer = seen.answers[question];
  if (answer === undefined) return oneThing(undefined, "not asked");
  const { status, problem, body } = answer;
  return oneThing(status === 200 ? false : undefined, problem || `HTTP ${status}: ${body.slice(0, 120)}`);
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isMicroseconds = (value: unknown): boolean => isWhole(value) && value > 1e15 && value < 1e16;

const ofExchange: readonly Assumption[] = [
  {
    id: "rest-json",
    says: "every answer of REST is JSON, and says so",
    judge: ({ seen }) => {
      const all = Object.values(seen.answers).filter(({ status }) => status === 200);
      return everyOne(
        all,
        ({ contentType }) => /json/.test(contentType),
        ({ path, contentType }) => ({ path, contentType }),
      );
    },
  },
  {
    id: "server-time",
    says: "/api/v3/time gives serverTime, in microseconds as asked for",
    judge: ({ seen, json }) => {
      const time = json("time");
      if (seen.answers.time?.status !== 200)
        return oneThing(undefined, seen.answers.time?.problem || "no answer");
      return oneThing(isRow(time) && isMicroseconds(time.serverTime), time);
    },
  },
  {
    id: "listed",
    says: "exchangeInfo lists the symbols, with the state TRADING",
    judge: ({ seen, json }) => {
      const info = json("info");
      if (seen.answers.info?.status !== 200)
        return oneThing(undefined, seen.answers.info?.problem || `HTTP ${seen.answers.info?.status}`);
      const listed = isRow(info) && Array.isArray(info.symbols) ? (info.symbols as Row[]) : [];
      const states = seen.symbols.map((symbol) => ({
        symbol,
        status: listed.find((one) => one.symbol === symbol)?.status,
      }));
      return everyOne(
        states,
        ({ status }) => status === "TRADING",
        (one) => one,
      );
    },
  },
  {
    id: "weight-limit",
    says: "exchangeInfo gives the limit of REQUEST_WEIGHT by minute",
    judge: ({ seen, json }) => {
      const info = json("info");
      if (seen.answers.info?.status !== 200) return oneThing(undefined, "no answer");
      const limits = isRow(info) && Array.isArray(info.rateLimits) ? (info.rateLimits as Row[]) : [];
      const limit = limits.find((one) => one.rateLimitType === "REQUEST_WEIGHT" && one.interval === "MINUTE");
      return oneThing(isWhole(limit?.limit) && limit.limit >= 1000, limit ?? "none");
    },
  },
  {
    id: "unknown-symbol",
    says: "exchangeInfo of an unknown symbol is HTTP 400 with the code -1121",
    judge: ({ seen, json }) => {
      const body = json("info-unknown");
      const answer = seen.answers["info-unknown"];
      if (answer === undefined || answer.status === 0) return oneThing(undefined, "no answer");
      return oneThing(
        answer.status === 400 && isRow(body) && body.code === -1121,
        `HTTP ${answer.status}: ${answer.body.slice(0, 100)}`,
      );
    },
  },
  {
    id: "weight-header",
    says: "every answer gives the weight used in this minute (X-MBX-USED-WEIGHT-1M)",
    judge: ({ seen }) => {
      const all = Object.values(seen.answers).filter(({ status }) => status === 200 || status === 400);
      return everyOne(
        all,
        ({ usedWeight }) => usedWeight >= 0,
        ({ path }) => path,
      );
    },
  },
  {
    id: "weights",
    says: "requests cost no more than we reckon: time 1, exchangeInfo 20, historicalTrades 25, aggTrades 4, tickers 80",
    judge: ({ seen }) => {
      const all = Object.values(seen.answers).sort((a, b) => a.atMs - b.atMs);
      const costs = all.flatMap((answer, i) => {
        const before = all[i - 1];
        const cost = answer.usedWeight - (before?.usedWeight ?? Number.NaN);
        // the minute may have begun anew in between
        return cost >= 0 ? [{ path: answer.path.replace(/\?.*/, ""), cost }] : [];
      });
      return everyOne(
        costs,
        ({ path, cost }) => cost <= WEIGHTS[path]!,
        (one) => one,
      );
    },
  },
  rowsOf(
    "tickers",
    "ticker/24hr lists symbols with their number of trades in a day",
    "tickers",
    ({ symbol, count }) => typeof symbol === "string" && isWhole(count) && count >= 0,
  ),
];

const WEIGHTS: Readonly<Record<string, number>> = {
  "/api/v3/time": 1,
  "/api/v3/exchangeInfo": 20,
  "/api/v3/historicalTrades": 25,
  "/api/v3/aggTrades": 4,
  "/api/v3/ticker/24hr": 80,
};

/** The id that a request began at. */
function askedId({ seen }: Facts, question: Question): number {
  return Number(/fromId=(\d+)/.exec(seen.answers[question]?.path ?? "")?.[1] ?? Number.NaN);
}

const ofHistory: readonly Assumption[] = [
  rowsOf(
    "history-fields",
    "a row of historicalTrades has id, price, qty, time and isBuyerMaker, of these types",
    "history",
    (row) =>
      isWhole(row.id) &&
      typeof row.price === "string" &&
      DECIMAL.test(row.price) &&
      typeof row.qty === "string" &&
      DECIMAL.test(row.qty) &&
      isMicroseconds(row.time) &&
      typeof row.isBuyerMaker === "boolean",
  ),
  rowsOf(
    "history-from-id",
    "historicalTrades begins at the id asked for, and ids differ by 1",
    "history",
    (row, before, facts) =>
      row.id === (before === undefined ? askedId(facts, "history") : (before.id as number) + 1),
  ),
  {
    id: "history-is-stream",
    says: "historicalTrades gives the same trades as the stream",
    judge: (facts) => {
      const rows = facts.rows("history");
      if (rows === undefined) return noRows(facts, "history");
      const symbol = facts.seen.symbols[0];
      const streamed = new Map(
        facts.trades.filter(({ event }) => event.s === symbol).map(({ event }) => [event.t, event]),
      );
      const both = rows.filter((row) => streamed.has(row.id));
      return everyOne(
        both,
        (row) => {
          const { p, q, T, m } = streamed.get(row.id)!;
          return row.price === p && row.qty === q && row.time === T && row.isBuyerMaker === m;
        },
        (row) => ({ rest: row, stream: streamed.get(row.id) }),
      );
    },
  },
  {
    id: "history-ahead",
    says: "ids that are not there yet are answered by an empty list",
    judge: (facts) => {
      const rows = facts.rows("history-ahead");
      return rows === undefined
        ? noRows(facts, "history-ahead")
        : oneThing(rows.length === 0, rows.slice(0, 2));
    },
  },
  rowsOf(
    "history-oldest",
    "history before what is served is answered from the oldest served on, ids differ by 1",
    "history-oldest",
    (row, before) => (before === undefined ? isWhole(row.id) : row.id === (before.id as number) + 1),
  ),
  {
    id: "history-limit",
    says: "no page of historicalTrades has more than 1,000 rows",
    judge: (facts) => {
      const answer = facts.seen.answers["history-many"];
      const rows = facts.rows("history-many");
      if (answer?.status === 400) return oneThing(true, "a larger limit is refused");
      return rows === undefined
        ? noRows(facts, "history-many")
        : oneThing(rows.length <= 1000, `${rows.length} rows`);
    },
  },
  {
    id: "rest-near",
    says: "the newest trade that REST knows is less than a minute behind the stream",
    judge: (facts) => {
      const { seen, trades } = facts;
      const rows = facts.rows("newest");
      const atMs = seen.answers.newest?.atMs ?? 0;
      const before = trades.filter(
        (one) => one.event.s === seen.symbols[0] && one.atMs < atMs - 60_000 / seen.pace,
      );
      const last = before.at(-1)?.event.t;
      if (rows?.[0] === undefined || last === undefined)
        return oneThing(undefined, "looked at for too short a time");
      return oneThing((rows[0].l as number) >= (last as number), { rest: rows[0].l, stream: last });
    },
  },
  rowsOf(
    "aggregate-fields",
    "a row of aggTrades has a, p, q, f, l, T and m, of these types",
    "aggregates",
    (row) =>
      isWhole(row.a) &&
      isWhole(row.f) &&
      isWhole(row.l) &&
      row.l >= row.f &&
      DECIMAL.test(String(row.p)) &&
      DECIMAL.test(String(row.q)) &&
      isMicroseconds(row.T) &&
      typeof row.m === "boolean",
  ),
  rowsOf(
    "aggregates-plus-one",
    "ids of merged trades differ by 1",
    "aggregates",
    (row, before) => before === undefined || row.a === (before.a as number) + 1,
  ),
  rowsOf(
    "aggregates-cover",
    "each merged trade begins where the one before it ends",
    "aggregates",
    (row, before) => before === undefined || row.f === (before.l as number) + 1,
  ),
  {
    id: "aggregates-sum",
    says: "a merged trade has the price and the side of its single trades, and their quantity in all",
    judge: (facts) => {
      const [rows, singles] = [facts.rows("aggregates"), facts.rows("aggregates-singles")];
      if (rows === undefined) return noRows(facts, "aggregates");
      if (singles === undefined) return noRows(facts, "aggregates-singles");
      const byId = new Map(singles.map((row) => [row.id, row]));
      const whole = rows.flatMap((row) => {
        const ids = Array.from(
          { length: Math.min(1001, (row.l as number) - (row.f as number) + 1) },
          (_, i) => (row.f as number) + i,
        );
        return ids.length > 0 && ids.every((id) => byId.has(id))
          ? [{ row, fills: ids.map((id) => byId.get(id)!) }]
          : [];
      });
      return everyOne(
        whole,
        ({ row, fills }) =>
          fills.every(({ price, isBuyerMaker }) => price === row.p && isBuyerMaker === row.m) &&
          sumE8(fills.map(({ qty }) => qty)) === sumE8([row.q]),
        (one) => one,
      );
    },
  },
];

function sumE8(texts: readonly unknown[]): bigint {
  return texts.reduce<bigint>(
    (sum, text) => sum + BigInt(String(text).replace(".", "").replace(/\D/g, "") || 0),
    0n,
  );
}

export const REST_ASSUMPTIONS: readonly Assumption[] = [...ofExchange, ...ofHistory];
