import assert from "node:assert/strict";
import { it } from "node:test";
import { type Condition, statusText } from "../../labextension/src/live/status-text.ts";
import { speakOfServer } from "../../labextension/src/live/words.ts";
import { NEVER_MS } from "../../src/render/view.ts";

const live: Condition = {
  state: "live",
  cut: "",
  paused: false,
  ageMs: 300,
  silentMs: 300,
  atMs: Date.UTC(2026, 10, 22, 14, 3, 22),
  asOfMs: undefined,
  pastMs: undefined,
};
const says = (more: Partial<Condition>): string => {
  const { state, detail } = statusText({ ...live, ...more });
  return [state, detail].filter(Boolean).join(" ");
};

it("statusText says live, and how old the picture is once it is older than a refresh should leave it", () => {
  assert.equal(says({}), "live");
  assert.equal(says({ ageMs: 2_400 }), "live");
  assert.equal(says({ ageMs: 7_400 }), "live 7 s old");
  assert.equal(says({ ageMs: 150_000 }), "live 2 min old");
});

it("statusText says paused, and as of when", () => {
  assert.equal(says({ paused: true, ageMs: 12_000 }), "paused as of 14:03:22 UTC");
});

it("statusText says live only under what lives: of a past stretch, and of trades that came long ago, as of when", () => {
  const { atMs } = live;
  assert.equal(says({ pastMs: atMs - 3_600_000 }), "as of 13:03:22 UTC");
  assert.equal(says({ pastMs: atMs - 86_400_000 }), "as of 2026-11-21 14:03:22 UTC");
  assert.equal(says({ asOfMs: atMs - 20_000 }), "live");
  assert.match(says({ asOfMs: NEVER_MS }), /^not live no trade yet/);
  assert.equal(says({ asOfMs: atMs - 60_000 }), "as of 14:02:22 UTC: no trade since");
});

it("statusText says of what only its controls change, as of when it was made, whatever page of it is looked at", () => {
  const { atMs } = live;
  assert.equal(says({ stillMs: atMs - 60_000 }), "as of 14:02:22 UTC");
  assert.match(says({ stillMs: atMs, cut: "the kernel is gone" }), /^not live the kernel is gone/);
});

it("statusText tells why a panel is not live, and when it was drawn", () => {
  const drawn = "drawn 14:03:22 UTC";
  assert.equal(says({ state: "unknown" }), `not live the kernel was restarted: run the cell again, ${drawn}`);
  assert.equal(says({ state: "stopped" }), `not live stopped, ${drawn}`);
  assert.equal(says({ cut: "the connection is lost" }), `not live the connection is lost, ${drawn}`);
  assert.equal(
    says({ cut: "the kernel is gone" }),
    `not live the kernel is gone: run the cell again, ${drawn}`,
  );
  assert.equal(says({ silentMs: 7_000 }), `not live the kernel is silent for 7 s, ${drawn}`);
  assert.equal(says({ state: undefined, silentMs: 7_000, atMs: 0 }), "not live no kernel answers");
});

it("statusText waits for the kernel's first word", () => {
  assert.equal(says({ state: undefined }), "asking …");
});

it("statusText of a page that is only read speaks of its server, and of no cell", () => {
  speakOfServer();
  assert.match(says({ state: "unknown" }), /^not live the server was started again: reload the page/);
  assert.match(says({ state: undefined, silentMs: 6_000 }), /^not live the server does not answer/);
  assert.match(says({ silentMs: 9_000 }), /^not live the server is silent for 9 s/);
});
