import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readMessage, writeMessage } from "../../src/kernel/wire.ts";

const sent = (extra: Buffer[] = []): Buffer[] => [
  Buffer.from("client"),
  ...writeMessage("key", { type: "comm_msg", session: "s", content: { text: "ü" } }).map((f) =>
    Buffer.from(f),
  ),
  ...extra,
];

describe("Jupyter's wire format", () => {
  it("reads what it wrote, with the identities before it", () => {
    const message = readMessage("key", sent());
    assert.equal(message?.header.msg_type, "comm_msg");
    assert.equal(message?.header.session, "s");
    assert.deepEqual(message?.content, { text: "ü" });
    assert.deepEqual(message?.identities.map(String), ["client"]);
  });

  it("keeps binary buffers, which are not signed", () => {
    const message = readMessage("key", sent([Buffer.from([0, 255]), Buffer.from("")]));
    assert.deepEqual(message?.buffers, [Buffer.from([0, 255]), Buffer.from("")]);
  });

  it("ignores what is changed, signed with another key, cut short or no message at all", () => {
    const changed = sent();
    changed[changed.length - 1] = Buffer.from(`{"text":"other"}`);
    assert.equal(readMessage("key", changed), undefined);
    assert.equal(readMessage("other", sent()), undefined);
    assert.equal(readMessage("key", sent().slice(0, -1)), undefined);
    assert.equal(readMessage("key", [Buffer.from("x")]), undefined);
    assert.equal(readMessage("key", []), undefined);
  });
});
