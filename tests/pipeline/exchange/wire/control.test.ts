import assert from "node:assert/strict";
import { test } from "node:test";
import { answerControl, type Subscriptions } from "../../../../src/pipeline/exchange/wire/control.ts";

const NONE: Subscriptions = { streams: new Set(), combined: false };
const TWO: Subscriptions = { streams: new Set(["btcusdt@trade", "ethusdt@trade"]), combined: true };
const reply = (text: string, now = NONE, most = 1024): string => answerControl(text, now, most).reply;

test("SUBSCRIBE adds streams and is acknowledged with the id as it came", () => {
  for (const id of ["1", "-5", '"abc123"', "null", "9223372036854775807"]) {
    const answer = answerControl(`{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":${id}}`, NONE, 1024);
    assert.equal(answer.reply, `{"result":null,"id":${id}}`);
    assert.deepEqual([...answer.next.streams], ["btcusdt@trade"]);
    assert.equal(answer.subscribed, true);
  }
});

test("a stream that does not exist, or has an upper case symbol, is acknowledged", () => {
  for (const name of ["nosuch@trade", "BTCUSDT@trade", "!miniTicker@arr", "btcusdt@kline_1m@+08:00"]) {
    assert.equal(reply(`{"method":"SUBSCRIBE","params":["${name}"],"id":1}`), '{"result":null,"id":1}');
  }
});

test("a malformed stream name gets the nested error and changes nothing", () => {
  for (const name of ["btcusdt", "", "btc usdt@trade", "@trade", "btcusdt@"]) {
    const answer = answerControl(
      `{"method":"SUBSCRIBE","params":["ethusdt@trade","${name}"],"id":2}`,
      NONE,
      1024,
    );
    assert.equal(answer.reply, '{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2}');
    assert.equal(answer.next.streams.size, 0);
  }
});

test("UNSUBSCRIBE, LIST_SUBSCRIPTIONS and the properties do as they say", () => {
  const left = answerControl('{"method":"UNSUBSCRIBE","params":["ethusdt@trade"],"id":2}', TWO, 1024);
  assert.equal(left.reply, '{"result":null,"id":2}');
  assert.deepEqual([...left.next.streams], ["btcusdt@trade"]);
  assert.equal(
    reply('{"method":"LIST_SUBSCRIPTIONS","id":3}', TWO),
    '{"result":["btcusdt@trade","ethusdt@trade"],"id":3}',
  );
  const set = answerControl('{"method":"SET_PROPERTY","params":["combined",false],"id":4}', TWO, 1024);
  assert.equal(set.reply, '{"result":null,"id":4}');
  assert.equal(set.next.combined, false);
  assert.equal(
    reply('{"method":"GET_PROPERTY","params":["combined"],"id":5}', TWO),
    '{"result":true,"id":5}',
  );
});

for (const [what, text, answer] of [
  [
    "an unknown property",
    '{"method":"GET_PROPERTY","params":["x"],"id":1}',
    '{"code":0,"msg":"Unknown property","id":1}',
  ],
  [
    "a property that is not Boolean",
    '{"method":"SET_PROPERTY","params":["combined",1],"id":1}',
    '{"code":1,"msg":"Invalid value type: expected Boolean"}',
  ],
  [
    "a property name that is no string",
    '{"method":"GET_PROPERTY","params":[1],"id":1}',
    '{"code":2,"msg":"Invalid request: property name must be a string"}',
  ],
  [
    "a fraction as id",
    '{"method":"LIST_SUBSCRIPTIONS","id":1.5}',
    '{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"}',
  ],
  [
    "an id too long",
    `{"method":"LIST_SUBSCRIPTIONS","id":"${"a".repeat(37)}"}`,
    '{"code":2,"msg":"Invalid request: request ID must be an unsigned integer"}',
  ],
  [
    "too many parameters",
    '{"method":"GET_PROPERTY","params":["combined","x"],"id":1}',
    '{"code":2,"msg":"Invalid request: too many parameters"}',
  ],
  [
    "an unknown method",
    '{"method":"SUBSCRIB","params":["a@trade"],"id":1}',
    '{"code":2,"msg":"Invalid request: unknown variant SUBSCRIB, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 20"}',
  ],
  [
    "no method",
    '{"params":["a@trade"],"id":1}',
    '{"code":2,"msg":"Invalid request: missing field `method` at line 1 column 29"}',
  ],
  ["no JSON", "hello", '{"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"}'],
  [
    "a name without quotes",
    '{"method":SUBSCRIBE}',
    '{"code":3,"msg":"Invalid JSON: expected value at line 1 column 11"}',
  ],
  [
    "no object",
    "[1]",
    '{"code":2,"msg":"Invalid request: invalid type, expected struct Request at line 1 column 3"}',
  ],
] as const) {
  test(`${what} gets its documented error`, () => assert.equal(reply(text), answer));
}

test("more streams than a connection may have are refused as a whole", () => {
  const text = '{"method":"SUBSCRIBE","params":["a@trade","b@trade"],"id":1}';
  assert.match(reply(text, TWO, 3), /"error":\{"code":2/);
  assert.equal(reply(text, TWO, 4), '{"result":null,"id":1}');
});
