import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpReply } from "../../../../src/pipeline/net/http.ts";
import { fetchNewestId } from "../../../../src/pipeline/venues/binance/newest-id.ts";

const reply = (status: number, body: string): HttpReply => ({ status, body, header: () => undefined });

test("fetchNewestId is the last raw id of the newest aggregate trade", async () => {
  const asked: string[] = [];
  const get = async (url: string): Promise<HttpReply> => {
    asked.push(url);
    return reply(200, '[{"a":5,"p":"1","q":"1","f":90,"l":94,"T":1,"m":true,"M":true}]');
  };
  assert.equal(await fetchNewestId(get, ["http://a/", "http://b"], "BTC币"), 94);
  assert.deepEqual(asked, ["http://a/api/v3/aggTrades?symbol=BTC%E5%B8%81&limit=1"]);
});

test("fetchNewestId is -1 for a symbol without trades", async () => {
  assert.equal(await fetchNewestId(async () => reply(200, "[]"), ["http://a"], "X"), -1);
});

test("fetchNewestId asks the next host where one cannot say, and rejects where none can", async () => {
  for (const bad of [
    reply(451, "{}"),
    reply(200, "<html>"),
    reply(200, "{}"),
    reply(200, "[null]"),
    reply(200, '[{"l":"94"}]'),
    reply(200, '[{"l":1e300}]'),
  ]) {
    const get = async (url: string): Promise<HttpReply> => {
      if (url.startsWith("http://a")) return bad;
      return reply(200, '[{"l":7}]');
    };
    assert.equal(await fetchNewestId(get, ["http://a", "http://b"], "X"), 7);
    await assert.rejects(fetchNewestId(get, ["http://a"], "X"), /^Error: http:\/\/a: /);
  }
  const down = async (): Promise<HttpReply> => Promise.reject(new Error("ECONNREFUSED"));
  await assert.rejects(
    fetchNewestId(down, ["http://a", "http://b"], "X"),
    /^Error: http:\/\/b: ECONNREFUSED$/,
  );
});
