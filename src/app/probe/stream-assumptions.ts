import { tradeStream } from "../../pipeline/venues/binance/stream.ts";
import { LIST_ID, MALFORMED_ID, UNKNOWN_ID, UNKNOWN_SYMBOL } from "./observe.ts";
import { type Assumption, everyOne, type Facts, isRow, oneThing } from "./verdict.ts";

type Trade = Facts["trades"][number];

const DECIMAL = /^\d{1,12}\.\d{8}$/;
const FIELDS = ["e", "E", "s", "t", "p", "q", "T", "m", "M"];

const trade = (
  id: string,
  says: string,
  fits: (event: Trade["event"], one: Trade) => boolean,
): Assumption => ({
  id,
  says,
  judge: ({ trades }) =>
    everyOne(
      trades,
      (one) => fits(one.event, one),
      (one) => one.event,
    ),
});

/** Each trade with the one before it of the same symbol. */
const inPairs = (
  id: string,
  says: string,
  fits: (before: Trade["event"], after: Trade["event"]) => boolean,
): Assumption => ({
  id,
  says,
  judge: ({ trades }) => {
    const last = new Map<unknown, Trade["event"]>();
    const pairs: (readonly [Trade["event"], Trade["event"]])[] = [];
    for (const { event } of trades) {
      const before = last.get(event.s);
      if (before !== undefined) pairs.push([before, event]);
      last.set(event.s, event);
    }
    return everyOne(
      pairs,
      ([before, after]) => fits(before, after),
      (pair) => pair,
    );
  },
});

const isMicroseconds = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) > 1e15 && (value as number) < 1e16;

const ofStream: readonly Assumption[] = [
  {
    id: "stream-opens",
    says: "the combined stream opens, and stays open",
    judge: ({ seen }) => oneThing(seen.opened && seen.end === undefined, seen.end ?? "open"),
  },
  trade("wrapped", "events of the combined stream come as { stream, data }", (_, { wrapped }) => wrapped),
  trade("event-name", "a trade's event is called trade", ({ e }) => e === "trade"),
  trade(
    "stream-name",
    "its stream is the symbol in lower case with @trade",
    ({ s }, { stream }) => typeof s === "string" && stream === tradeStream(s),
  ),
  {
    id: "symbol-asked",
    says: "its symbol is one that was asked for, in upper case",
    judge: ({ trades, seen }) =>
      everyOne(
        trades,
        ({ event }) => seen.symbols.includes(event.s as string),
        ({ event }) => event,
      ),
  },
  trade(
    "id-type",
    "an id is a whole number below 2^53",
    ({ t }) => Number.isSafeInteger(t) && (t as number) >= 0,
  ),
  inPairs(
    "ids-plus-one",
    "ids of a symbol differ by exactly 1",
    ({ t: a }, { t: b }) => b === (a as number) + 1,
  ),
  inPairs(
    "ids-ascend",
    "trades of a symbol come in the order of their ids, each once",
    ({ t: a }, { t: b }) => (b as number) > (a as number),
  ),
  trade(
    "price-text",
    "a price is decimal text with 8 places",
    ({ p }) => typeof p === "string" && DECIMAL.test(p),
  ),
  trade(
    "quantity-text",
    "a quantity is decimal text with 8 places, above 0",
    ({ q }) => typeof q === "string" && DECIMAL.test(q) && Number(q) > 0,
  ),
  trade("trade-time", "the trade time is a whole number of microseconds, as asked for", ({ T }) =>
    isMicroseconds(T),
  ),
  trade("event-time", "the event time is a whole number of microseconds, as asked for", ({ E }) =>
    isMicroseconds(E),
  ),
  trade(
    "published-after",
    "a trade is published after it happened, within a second",
    ({ T, E }) => (E as number) >= (T as number) && (E as number) - (T as number) < 1e6,
  ),
  inPairs(
    "times-ascend",
    "trade times of a symbol do not go back",
    ({ T: a }, { T: b }) => (b as number) >= (a as number),
  ),
  trade("maker", "whether the buyer was the maker is true or false", ({ m }) => typeof m === "boolean"),
  trade(
    "fields",
    `a trade has the fields ${FIELDS.join(" ")} and no others`,
    (event) =>
      Object.keys(event).every((name) => FIELDS.includes(name)) &&
      FIELDS.slice(0, 8).every((name) => name in event),
  ),
  {
    id: "all-symbols",
    says: "every symbol that was asked for brings trades",
    judge: ({ trades, seen }) => {
      if (trades.length === 0) return oneThing(undefined, "no trade came");
      const silent = seen.symbols.filter((symbol) => !trades.some(({ event }) => event.s === symbol));
      return oneThing(silent.length === 0, silent.length === 0 ? seen.symbols : { silent });
    },
  },
  {
    id: "clock",
    says: "events are stamped with the time that REST gives, within ten seconds",
    judge: ({ trades, seen, json }) => {
      const time = json("time");
      const answer = seen.answers.time;
      if (!isRow(time) || typeof time.serverTime !== "number" || answer === undefined)
        return oneThing(undefined, "REST has given no time");
      const { serverTime } = time;
      const offUs = ({ event, atMs }: Trade): number =>
        Math.abs((event.E as number) - (serverTime as number) - (atMs - answer.atMs) * 1000 * seen.pace);
      return everyOne(
        trades,
        (one) => offUs(one) < 10e6 * seen.pace,
        (one) => ({ serverTime, E: one.event.E }),
      );
    },
  },
  {
    id: "nothing-else",
    says: "nothing else comes on the stream: no other events, no binary frames",
    judge: ({ others, seen }) =>
      oneThing(others.length === 0 && seen.binaries === 0, {
        others: others.slice(0, 2),
        binaries: seen.binaries,
      }),
  },
];

const ofControl: readonly Assumption[] = [
  {
    id: "list-answer",
    says: "LIST_SUBSCRIPTIONS is answered by a list of the streams, with its id",
    judge: ({ replies, seen }) => {
      const result = replies.get(LIST_ID)?.result;
      const isWhole =
        Array.isArray(result) && seen.symbols.every((symbol) => result.includes(tradeStream(symbol)));
      return oneThing(seen.opened ? isWhole : undefined, replies.get(LIST_ID) ?? "no answer");
    },
  },
  {
    id: "unknown-stream",
    says: "SUBSCRIBE to a symbol that does not exist is acknowledged with result null, and silent",
    judge: ({ replies, trades, seen }) => {
      const answer = replies.get(UNKNOWN_ID);
      const isSilent = !trades.some(({ event }) => event.s === UNKNOWN_SYMBOL);
      return oneThing(seen.opened ? answer?.result === null && isSilent : undefined, answer ?? "no answer");
    },
  },
  {
    id: "bad-stream",
    says: "SUBSCRIBE to a name that is no stream is refused with a code and a message, and the connection stays",
    judge: ({ replies, seen }) => {
      const answer = replies.get(MALFORMED_ID) ?? replies.get(undefined);
      const error = isRow(answer?.error) ? answer.error : answer;
      const isRefused = typeof error?.code === "number" && typeof error.msg === "string";
      return oneThing(seen.opened ? isRefused : undefined, answer ?? "no answer");
    },
  },
  {
    id: "pings",
    says: "the server pings about every 20 seconds",
    judge: ({ seen }) => {
      const everyMs = 20_000 / seen.pace;
      if (!seen.opened || seen.lookedMs < 3 * everyMs)
        return oneThing(undefined, "looked at for too short a time");
      const gaps = seen.pingsMs
        .slice(1)
        .map((ms, i) => ms - seen.pingsMs[i]!)
        .sort((a, b) => a - b);
      const median = gaps[gaps.length >> 1] ?? Number.NaN;
      return oneThing(
        median > everyMs * 0.5 && median < everyMs * 2,
        `${seen.pingsMs.length} pings, every ${(median / 1000).toFixed(2)} s`,
      );
    },
  },
];

export const STREAM_ASSUMPTIONS: readonly Assumption[] = [...ofStream, ...ofControl];
