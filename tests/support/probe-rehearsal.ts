import type { TestContext } from "node:test";
import { systemClock } from "../../src/app/clock.ts";
import { observe } from "../../src/app/probe/observe.ts";
import { type Judged, judgeAll } from "../../src/app/probe/probe.ts";
import { simulatedMarket } from "../../src/pipeline/exchange/market/market.ts";
import { startExchange } from "../../src/pipeline/exchange/server.ts";
import { type HttpReply, httpGet } from "../../src/pipeline/net/http.ts";
import { openSocket } from "../../src/pipeline/net/socket.ts";

/** Changes what a probe gets to see; `n` counts the frames of a connection. */
export interface Mutation {
  readonly frame?: (text: string, n: number) => readonly string[];
  readonly binaryAt?: number;
  readonly ping?: (n: number) => boolean;
  readonly reply?: (path: string, reply: HttpReply) => HttpReply;
}

const PACE = 60;

/** A probe of the built-in exchange at 60 times the pace, for so long; what it judges. */
export async function rehearse(
  t: Pick<TestContext, "after">,
  seed: number,
  lookMs: number,
  { frame = (text) => [text], binaryAt, ping = () => true, reply = (_, given) => given }: Mutation = {},
): Promise<Judged[]> {
  const exchange = await startExchange({
    source: simulatedMarket(seed),
    clock: systemClock,
    speed: PACE,
    // pongs count among the messages that a client may send
    settings: { pingEveryMs: 20_000 / PACE, messagesPerSecond: 5 * PACE },
  });
  t.after(() => exchange.close());
  const get = httpGet({ deadlineMs: 15_000, maxBytes: 16 << 20 });
  const seen = await observe({
    host: exchange,
    symbols: ["LTCUSDT", "BCHUSDT"],
    lookMs,
    pace: PACE,
    clock: systemClock,
    get: async (url) => reply(new URL(url).pathname + new URL(url).search, await get(url)),
    openSocket: (url, events) => {
      let [frames, pings] = [0, 0];
      return openSocket(url, {
        ...events,
        text: (text) => {
          if (frames++ === binaryAt) events.binary(3);
          for (const one of frame(text, frames)) events.text(one);
        },
        alive: () => {
          if (ping(pings++)) events.alive();
        },
      });
    },
  });
  await exchange.close();
  return judgeAll(seen);
}

type Row = Record<string, unknown>;

/** A change of the trade in every hundredth frame that holds one, from the 50th on. */
const event = (change: (data: Row, message: Row) => unknown): Mutation => ({
  frame: (text, n) => {
    const message = JSON.parse(text) as Row;
    if (n < 50 || n % 100 !== 0 || typeof message.data !== "object") return [text];
    change(message.data as Row, message);
    return [JSON.stringify(message)];
  },
});

/** A change of the JSON of one endpoint. */
const body = (path: RegExp, change: (value: never) => unknown): Mutation => ({
  reply: (asked, given) =>
    path.test(asked) && given.status === 200
      ? { ...given, header: given.header, body: JSON.stringify(change(JSON.parse(given.body) as never)) }
      : given,
});

const header = (name: string, change: (value: string | undefined) => string | undefined): Mutation => ({
  reply: (_, given) => ({
    status: given.status,
    body: given.body,
    header: (asked) => (asked === name ? change(given.header(asked)) : given.header(asked)),
  }),
});

const control = (id: number, change: (message: Row) => readonly Row[]): Mutation => ({
  frame: (text) => {
    const message = JSON.parse(text) as Row;
    return message.id === id && !("data" in message)
      ? change(message).map((one) => JSON.stringify(one))
      : [text];
  },
});

const HISTORY = /historicalTrades\?symbol=\w+&fromId=\d+&limit=100$/;
const AGGREGATES = /aggTrades\?.*limit=50$/;
const each = (change: (row: Row, i: number) => unknown) => (rows: Row[]) => {
  for (const [i, row] of rows.entries()) change(row, i);
  return rows;
};
/** The frames between two that change places. */
const held: { text: string | undefined } = { text: undefined };

/** Single changes of the protocol, each with the assumption that has to name it. */
export const MUTATIONS: readonly (readonly [what: string, id: string, mutation: Mutation])[] = [
  [
    "events come bare",
    "wrapped",
    {
      frame: (text) => {
        const m = JSON.parse(text) as Row;
        return [JSON.stringify(m.data ?? m)];
      },
    },
  ],
  [
    "the event has another name",
    "event-name",
    event((d) => {
      d.e = "spotTrade";
    }),
  ],
  [
    "the stream's name is in upper case",
    "stream-name",
    event((_, m) => {
      m.stream = String(m.stream).toUpperCase();
    }),
  ],
  [
    "the symbol is in lower case",
    "symbol-asked",
    event((d) => {
      d.s = String(d.s).toLowerCase();
    }),
  ],
  [
    "the id is a text",
    "id-type",
    event((d) => {
      d.t = String(d.t);
    }),
  ],
  [
    "the id has another base",
    "ids-plus-one",
    event((d) => {
      d.t = Number(d.t) + 7;
    }),
  ],
  [
    "a trade is left out now and then",
    "ids-plus-one",
    { frame: (text, n) => (n > 50 && n % 100 === 0 && text.includes('"data"') ? [] : [text]) },
  ],
  [
    "a trade comes twice now and then",
    "ids-ascend",
    { frame: (text, n) => (n > 50 && n % 100 === 0 && text.includes('"data"') ? [text, text] : [text]) },
  ],
  [
    "two trades change places",
    "ids-ascend",
    {
      frame: (text, n) => {
        if (!text.includes('"data"')) return [text];
        if (n > 50 && n % 100 === 0 && held.text === undefined) {
          held.text = text;
          return [];
        }
        const before = held.text;
        held.text = undefined;
        return before === undefined ? [text] : [text, before];
      },
    },
  ],
  [
    "the price is a number",
    "price-text",
    event((d) => {
      d.p = Number(d.p);
    }),
  ],
  [
    "the price has two places",
    "price-text",
    event((d) => {
      d.p = Number(d.p).toFixed(2);
    }),
  ],
  [
    "the price has an exponent",
    "price-text",
    event((d) => {
      d.p = "6.2e4";
    }),
  ],
  [
    "the quantity is a number",
    "quantity-text",
    event((d) => {
      d.q = Number(d.q);
    }),
  ],
  [
    "the quantity is 0",
    "quantity-text",
    event((d) => {
      d.q = "0.00000000";
    }),
  ],
  [
    "the trade time is in milliseconds",
    "trade-time",
    event((d) => {
      d.T = Math.floor(Number(d.T) / 1000);
    }),
  ],
  [
    "the trade time is a text",
    "trade-time",
    event((d) => {
      d.T = String(d.T);
    }),
  ],
  [
    "the event time is missing",
    "event-time",
    event((d) => {
      delete d.E;
    }),
  ],
  [
    "trades are published before they happen",
    "published-after",
    event((d) => {
      d.E = Number(d.T) - 1;
    }),
  ],
  [
    "trade times go back",
    "times-ascend",
    event((d) => {
      d.T = Number(d.T) - 600e6;
      d.E = Number(d.E);
    }),
  ],
  [
    "the maker is 0 or 1",
    "maker",
    event((d) => {
      d.m = d.m === true ? 1 : 0;
    }),
  ],
  [
    "a field has been added",
    "fields",
    event((d) => {
      d.x = 1;
    }),
  ],
  [
    "a field is gone",
    "fields",
    event((d) => {
      delete d.m;
    }),
  ],
  [
    "one symbol is silent",
    "all-symbols",
    { frame: (text) => (text.includes('"bchusdt@trade"') && text.includes('"data"') ? [] : [text]) },
  ],
  [
    "the stream's clock is a day off",
    "clock",
    {
      frame: (text) => {
        const m = JSON.parse(text) as { data?: Row };
        if (m.data) {
          m.data.E = Number(m.data.E) - 86_400e6;
          m.data.T = Number(m.data.T) - 86_400e6;
        }
        return [JSON.stringify(m)];
      },
    },
  ],
  [
    "other events come",
    "nothing-else",
    { frame: (text, n) => (n === 60 ? [text, '{"e":"news","E":1}'] : [text]) },
  ],
  ["a binary frame comes", "nothing-else", { binaryAt: 60 }],
  ["LIST_SUBSCRIPTIONS tells no list", "list-answer", control(1, (m) => [{ ...m, result: {} }])],
  [
    "LIST_SUBSCRIPTIONS leaves a stream out",
    "list-answer",
    control(1, (m) => [{ ...m, result: ["ltcusdt@trade"] }]),
  ],
  ["answers have no id", "list-answer", control(1, ({ id: _, ...m }) => [m])],
  [
    "an unknown stream is refused",
    "unknown-stream",
    control(2, ({ id }) => [{ error: { code: 2, msg: "unknown" }, id }]),
  ],
  ["a bad stream is acknowledged", "bad-stream", control(3, ({ id }) => [{ result: null, id }])],
  ["no pings come", "pings", { ping: () => false }],
  ["pings come every two minutes", "pings", { ping: (n) => n % 6 === 0 }],
  ["REST is no JSON by its header", "rest-json", header("content-type", () => "text/html")],
  [
    "the time has another name",
    "server-time",
    body(/\/time/, (value: { serverTime: number }) => ({ time: value.serverTime })),
  ],
  [
    "the time is in milliseconds",
    "server-time",
    body(/\/time/, (value: { serverTime: number }) => ({ serverTime: Math.floor(value.serverTime / 1000) })),
  ],
  [
    "a symbol is halted",
    "listed",
    body(/exchangeInfo/, (value: { symbols: Row[] }) => ({
      ...value,
      symbols: value.symbols.map((one) => ({ ...one, status: "BREAK" })),
    })),
  ],
  [
    "the limits are gone",
    "weight-limit",
    body(/exchangeInfo/, (value: Row) => ({ ...value, rateLimits: [] })),
  ],
  [
    "an unknown symbol is answered with 200",
    "unknown-symbol",
    {
      reply: (path, given) =>
        path.includes("NOSUCH") ? { ...given, status: 200, body: '{"symbols":[]}' } : given,
    },
  ],
  ["the weight is not told", "weight-header", header("x-mbx-used-weight-1m", () => undefined)],
  [
    "requests cost twice as much",
    "weights",
    header("x-mbx-used-weight-1m", (value) => (value === undefined ? value : String(2 * Number(value)))),
  ],
  ["the tickers are no list", "tickers", body(/ticker/, () => ({}))],
  [
    "history's ids are texts",
    "history-fields",
    body(
      HISTORY,
      each((row) => {
        row.id = String(row.id);
      }),
    ),
  ],
  [
    "history's times are in milliseconds",
    "history-fields",
    body(
      HISTORY,
      each((row) => {
        row.time = Math.floor(Number(row.time) / 1000);
      }),
    ),
  ],
  ["history begins one later", "history-from-id", body(HISTORY, (rows: Row[]) => rows.slice(1))],
  [
    "history leaves one out",
    "history-from-id",
    body(HISTORY, (rows: Row[]) => rows.filter((_, i) => i !== 40)),
  ],
  [
    "history tells other prices",
    "history-is-stream",
    body(
      HISTORY,
      each((row, i) => {
        if (i === 3) row.price = "1.00000000";
      }),
    ),
  ],
  [
    "history tells the other side",
    "history-is-stream",
    body(
      HISTORY,
      each((row) => {
        row.isBuyerMaker = row.isBuyerMaker !== true;
      }),
    ),
  ],
  [
    "ids to come are answered by the newest",
    "history-ahead",
    {
      reply: (path, given) =>
        /fromId=\d{9,}&limit=5$/.test(path) ? { ...given, body: '[{"id":1}]' } : given,
    },
  ],
  ["pages are longer", "history-limit", body(/limit=1500/, (rows: Row[]) => [...rows, ...rows, ...rows])],
  [
    "REST is far behind",
    "rest-near",
    body(
      /aggTrades\?symbol=\w+&limit=1$/,
      each((row) => {
        row.l = Number(row.l) - 100_000;
      }),
    ),
  ],
  [
    "merged trades lack their first id",
    "aggregate-fields",
    body(
      AGGREGATES,
      each((row) => {
        delete row.f;
      }),
    ),
  ],
  [
    "ids of merged trades skip",
    "aggregates-plus-one",
    body(
      AGGREGATES,
      each((row, i) => {
        row.a = Number(row.a) + i;
      }),
    ),
  ],
  [
    "merged trades leave ids out",
    "aggregates-cover",
    body(AGGREGATES, (rows: Row[]) => rows.filter((_, i) => i !== 20)),
  ],
  [
    "merged trades have other quantities",
    "aggregates-sum",
    body(
      AGGREGATES,
      each((row) => {
        row.q = "123.00000000";
      }),
    ),
  ],
];
