import assert from "node:assert/strict";
import { test } from "node:test";
import { type FeedBench, feedBench } from "../../../support/feed-bench.ts";
import { oblige, type ScriptedSocket, tradeFrame, urlStreams } from "../../../support/scripted-socket.ts";

interface Message {
  readonly method: string;
  readonly params?: readonly string[];
  readonly id: number;
}

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `S${i}USDT`);

/** Every message of a socket, taken once. */
function messages(socket: ScriptedSocket): Message[] {
  return socket.sent.splice(0).map((text) => JSON.parse(text) as Message);
}

/** Plays an exchange that refuses these streams, for `seconds`; gives the frames that it took in each second. */
function refuseStreams(
  { clock, sockets }: FeedBench,
  bad: ReadonlySet<string>,
  seconds: number,
  refuse: (socket: ScriptedSocket, id: number) => void,
): number[] {
  const taken: number[] = [];
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    clock.advance(100);
    let count = 0;
    for (const socket of sockets) {
      if (socket.over || !socket.url.includes("timeUnit")) continue;
      for (const { method, params, id } of messages(socket)) {
        count++;
        if (method === "SUBSCRIBE" && params!.some((name) => bad.has(name))) {
          refuse(socket, id);
          if (socket.over) break;
          continue;
        }
        if (method === "SUBSCRIBE") for (const name of params!) socket.streams.add(name);
        const result = method === "LIST_SUBSCRIPTIONS" ? [...socket.streams] : null;
        socket.server.text(JSON.stringify({ result, id }));
      }
    }
    taken.push(count);
  }
  return taken;
}

// row 25
test("1,500 symbols go on two sockets, 200 names in each address, the rest in chunks of 100 at most three a second", () => {
  const bench = feedBench({ symbols: names(1500) });
  const { clock, sockets, odd } = bench;
  assert.equal(sockets.length, 2);
  for (const { server, url } of sockets) {
    assert.equal(urlStreams(url).length, 200);
    assert.ok(url.length < 4000);
    server.opened();
  }
  const sentAt: number[] = [];
  for (let ms = 0; ms < 5000; ms += 10) {
    const [first] = sockets as [ScriptedSocket];
    if (first.sent.length > 0) sentAt.push(ms);
    for (const text of first.sent) {
      const { params = [] } = JSON.parse(text) as Message;
      assert.ok(params.length <= 100 && text.length < 4096);
    }
    for (const socket of sockets) oblige(socket);
    clock.advance(10);
  }
  assert.equal(sentAt.length, 7, "six chunks and the list");
  for (const [i, ms] of sentAt.entries()) {
    assert.ok(sentAt.slice(i).filter((other) => other < ms + 1000).length <= 3);
  }
  const all = sockets.flatMap(({ streams }) => [...streams]);
  assert.deepEqual(new Set(all), new Set(names(1500).map((name) => `${name.toLowerCase()}@trade`)));
  assert.equal(all.length, 1500);
  assert.ok(sockets.every(({ streams }) => streams.size <= 1024));
  assert.deepEqual(odd, []);
});

// row 21
test("a SUBSCRIBE without an answer is sent again after 10 s, and ends the connection after 20", () => {
  const { clock, sockets, last, oddOf, states } = feedBench({ symbols: names(201) });
  const [first] = sockets as [ScriptedSocket];
  first.server.opened();
  const [asked] = messages(first);
  assert.deepEqual(asked!.params, ["s200usdt@trade"]);
  clock.advance(10_000);
  assert.deepEqual(messages(first), [asked]);
  assert.equal(oddOf("no-answer").length, 1);
  first.server.alive();
  clock.advance(10_000);
  assert.equal(first.over, true);
  const state = states.at(-1)!;
  assert.ok(state.kind === "waiting" && state.reason === "SUBSCRIBE of s200usdt@trade was not answered");
  clock.advance(1000);
  assert.notEqual(last(), first);
});

// row 21
test("an answer lost once costs nothing", () => {
  const { clock, sockets, last, idle } = feedBench({ symbols: names(201) });
  last().server.opened();
  last().sent.splice(0);
  clock.advance(10_000);
  idle(20_000, last());
  assert.equal(sockets.length, 1);
  assert.ok(last().streams.has("s200usdt@trade"));
});

// row 22
test("trades that come before the answer to SUBSCRIBE come out", () => {
  const { last, ids } = feedBench({ symbols: names(201) });
  last().server.opened();
  last().server.text(tradeFrame(1, "S200USDT"));
  oblige(last());
  last().server.text(tradeFrame(2, "S200USDT"));
  assert.deepEqual(ids("S200USDT"), [1, 2]);
});

// row 23
for (const [shape, error] of [
  ["nested", (id: number) => `{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":${id}}`],
  ["flat", (id: number) => `{"code":2,"msg":"Invalid request: invalid stream","id":${id}}`],
  ["nested without an id", () => '{"error":{"code":2,"msg":"Invalid request: invalid stream"}}'],
] as const) {
  test(`a stream refused by an error, ${shape}, is found among its neighbours and left out; the others go on`, () => {
    const bench = feedBench({ symbols: names(400) });
    const { last, oddOf, sockets, ids } = bench;
    last().server.opened();
    const bad = new Set(["s222usdt@trade"]);
    const taken = refuseStreams(bench, bad, 20, (socket, id) => socket.server.text(error(id)));
    assert.equal(sockets.length, 1);
    assert.equal(last().streams.size, 399);
    assert.ok(!last().streams.has("s222usdt@trade"));
    assert.deepEqual(oddOf("stream-refused"), [
      's222usdt@trade: no trades, the exchange refuses the stream: 2: "Invalid request: invalid stream"; the other symbols go on',
    ]);
    assert.match(
      oddOf("error-reply")[0]!,
      /^SUBSCRIBE of s200usdt@trade, s201usdt@trade, .* and 97 more was refused/,
    );
    for (let t = 0; t < taken.length - 10; t++) {
      assert.ok(taken.slice(t, t + 10).reduce((a, b) => a + b) <= 3, "three a second");
    }
    last().server.text(tradeFrame(5, "S300USDT"));
    assert.deepEqual(ids("S300USDT"), [5]);
  });
}

// row 23
test("an error followed by a close: the next connections close in on the culprit, and the others are subscribed", () => {
  const bench = feedBench({ symbols: names(300) });
  const { sockets, clock, last, oddOf } = bench;
  const bad = new Set(["s255usdt@trade"]);
  const opened = new Set<ScriptedSocket>();
  for (let s = 0; s < 400; s++) {
    for (const socket of sockets) {
      if (!opened.has(socket)) socket.server.opened();
      opened.add(socket);
      if (!socket.over) socket.server.text(tradeFrame(s, "S0USDT"));
    }
    refuseStreams(bench, bad, 1, (socket, id) => {
      socket.server.text(`{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":${id}}`);
      socket.server.ended({ code: 1008, reason: "" });
    });
  }
  assert.ok(sockets.length <= 12, `${sockets.length}`);
  assert.equal(last().streams.size, 299);
  assert.equal(oddOf("stream-refused").length, 1);
  const before = sockets.length;
  clock.advance(1000);
  assert.equal(sockets.length, before);
});

test("a refused stream is asked for again after ten minutes, and taken back", () => {
  const bench = feedBench({ symbols: names(201) });
  const { last, sockets, idle } = bench;
  last().server.opened();
  refuseStreams(bench, new Set(["s200usdt@trade"]), 10, (socket, id) =>
    socket.server.text(`{"code":2,"msg":"no","id":${id}}`),
  );
  assert.equal(last().streams.size, 200);
  for (let m = 0; m < 10; m++) {
    idle(60_000, ...sockets);
    for (const socket of sockets) if (socket.streams.size === 201) return;
  }
  assert.ok(last().streams.has("s200usdt@trade"));
});

test("an error to a good request is answered by asking again", () => {
  const { last, clock, sockets } = feedBench({ symbols: names(201) });
  last().server.opened();
  const [{ id }] = messages(last()) as [Message];
  last().server.text(`{"error":{"code":2,"msg":"busy"},"id":${id}}`);
  clock.advance(400);
  oblige(last());
  assert.ok(last().streams.has("s200usdt@trade"));
  assert.equal(sockets.length, 1);
});

test("what the list of subscriptions lacks is asked for again", () => {
  const { last, clock, idle, oddOf } = feedBench({ symbols: ["BTCUSDT", "ETHUSDT"] });
  last().server.opened();
  const [list] = messages(last()) as [Message];
  assert.equal(list.method, "LIST_SUBSCRIPTIONS");
  last().server.text(`{"result":["btcusdt@trade"],"id":${list.id}}`);
  clock.advance(400);
  const [again] = messages(last()) as [Message];
  assert.deepEqual([again.method, again.params], ["SUBSCRIBE", ["ethusdt@trade"]]);
  last().server.text(`{"result":null,"id":${again.id}}`);
  idle(3000, last());
  assert.deepEqual(oddOf("not-subscribed"), ["ethusdt@trade: not subscribed, asking again"]);
});

test("a list that goes on lacking a stream ends in a warning, not in a loop", () => {
  const { last, clock, sockets, oddOf } = feedBench();
  last().server.opened();
  let asked = 0;
  for (let s = 0; s < 20; s++) {
    for (const { id, method } of messages(last())) {
      asked++;
      last().server.text(`{"result":${method === "SUBSCRIBE" ? null : "[]"},"id":${id}}`);
    }
    clock.advance(1000);
  }
  assert.equal(asked, 5);
  assert.equal(oddOf("not-subscribed").at(-1), "btcusdt@trade: not subscribed after asking again");
  assert.equal(sockets.length, 1);
});

test("a server that knows no LIST_SUBSCRIPTIONS, or answers nonsense, is only warned of", () => {
  for (const answer of [undefined, '{"result":null,"id":1}', '{"code":2,"msg":"unknown variant"}']) {
    const { last, run, sockets, odd, feed } = feedBench();
    last().server.opened();
    for (let s = 0; s < 30; s++) {
      if (messages(last()).length > 0 && answer !== undefined) last().server.text(answer);
      run(1000);
      last().server.text(tradeFrame(s));
    }
    assert.equal(sockets.length, 1);
    assert.equal(feed.status().kind, "live");
    assert.ok(odd.length >= 1 && odd.length <= 2, odd.join("\n"));
  }
});

test("an answer to something that was not asked changes nothing", () => {
  const { last, clock, oddOf, sockets } = feedBench({ symbols: names(201) });
  last().server.opened();
  last().server.text('{"result":null,"id":77}');
  last().server.text('{"result":null,"id":"x"}');
  last().server.text('{"error":{"code":2,"msg":"?"},"id":77}');
  assert.equal(oddOf("error-reply").length, 1);
  clock.advance(10_000);
  assert.equal(messages(last()).length, 2, "still unanswered");
  assert.equal(sockets.length, 1);
});

test("an address that is refused is asked without names, and all follow by SUBSCRIBE", () => {
  for (const status of [400, 404, 414, 431]) {
    const { last, clock, idle, sockets } = feedBench({ symbols: names(250) });
    last().server.ended({ code: 1006, reason: "", status });
    clock.advance(500);
    assert.equal(sockets.length, 2);
    assert.deepEqual(urlStreams(last().url), []);
    last().server.opened();
    idle(5000, last());
    assert.equal(last().streams.size, 250);
  }
});

// row 4
test("after a close with 1008 the next connection sends fewer messages", () => {
  const { last, clock, idle } = feedBench({ symbols: names(1000) });
  const gaps = (): number => {
    const first = last();
    first.server.opened();
    oblige(first);
    let ms = 0;
    while (first.sent.length === 0) {
      clock.advance(50);
      ms += 50;
    }
    return ms;
  };
  assert.equal(gaps(), 350);
  last().server.ended({ code: 1008, reason: '"Too many requests"' });
  clock.advance(6000);
  assert.equal(gaps(), 700);
  idle(10_000, last());
  assert.equal(last().streams.size, 1000);
});
