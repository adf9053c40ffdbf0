import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { coreOf } from "../../../src/notebook/controls/control.ts";
import { slider } from "../../../src/notebook/controls/inputs/slider.ts";
import { createPanels, type Panels } from "../../../src/notebook/panels/panels.ts";
import type { View } from "../../../src/render/view.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";

/** 2024-08-08T12:00:00Z */
const NOON = 1_723_118_400_000_000;

interface Stage {
  readonly clock: VirtualClock;
  readonly panels: Panels;
  /** What was sent to each panel, in the order of the panels. */
  readonly sent: View[][];
}

function stage(): Stage {
  const clock = virtualClock(NOON);
  const sent: View[][] = [];
  const panels = createPanels({
    clock,
    newPlace: () => {
      const views: View[] = [];
      sent.push(views);
      const show = (view: View): unknown => views.push(view);
      return { show, confirm: () => {}, close: show };
    },
  });
  return { clock, panels, sent };
}

const html = (text: string): View => ({ kind: "html", html: text, text });
const texts = (views: readonly View[] = []): string[] =>
  views.map((view) => (view.kind === "html" ? view.text : JSON.stringify(view.spec)));

/** Lets promises that have settled call back. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("live panels", () => {
  it("draw at once and then at every refresh, in the same place", () => {
    const { clock, panels, sent } = stage();
    let n = 0;
    panels.live("a", () => html(String(++n)), { refreshMs: 1000 });
    assert.deepEqual(texts(sent[0]), ["1"]);
    clock.advance(2999);
    assert.deepEqual(texts(sent[0]), ["1", "2", "3"]);
    assert.equal(sent.length, 1);
  });

  it("send nothing while the picture stays the same", () => {
    const { clock, panels, sent } = stage();
    let n = 0;
    panels.live("a", () => html(n++ < 5 ? "same" : "new"), { refreshMs: 100 });
    clock.advance(450);
    assert.deepEqual(texts(sent[0]), ["same"]);
    clock.advance(100);
    assert.deepEqual(texts(sent[0]), ["same", "new"]);
    const [status] = panels.status();
    assert.deepEqual([status?.drawn, status?.sent], [6, 2]);
  });

  it("draw at once when a control that they have read moves, one time for many moves, and not twice", () => {
    const { clock, panels, sent } = stage();
    const entry = slider("entry", { min: 1, max: 4, value: 2 });
    panels.live("a", () => html(`at ${entry.value}`), { refreshMs: 1000 });
    clock.advance(300);
    entry.value = 3;
    entry.value = 4;
    clock.advance(1);
    assert.deepEqual(texts(sent[0]), ["at 2", "at 4"]);
    assert.equal(panels.status()[0]?.drawn, 2);
    clock.advance(1000);
    assert.equal(panels.status()[0]?.drawn, 3);
    panels.stop("a");
    entry.value = 1;
    clock.advance(5000);
    assert.equal(panels.status()[0]?.drawn, 3);
  });

  it("of one refresh are drawn together, also those that no moved control concerns", () => {
    const clock = virtualClock(NOON);
    const ticks: string[][] = [];
    const place = { show: () => {}, confirm: () => {}, close: () => {} };
    const panels = createPanels({
      clock,
      newPlace: () => place,
      together: (work) => {
        ticks.push([]);
        work();
      },
    });
    const entry = slider("entry", { min: 1, max: 4, value: 2 });
    const draw = (name: string, of: () => unknown) => (): View => {
      ticks.at(-1)?.push(name);
      return html(String(of()));
    };
    panels.live(
      "a",
      draw("a", () => entry.value),
      { refreshMs: 1000 },
    );
    clock.advance(400);
    panels.live(
      "b",
      draw("b", () => 1),
      { refreshMs: 1000 },
    );
    panels.live(
      "rare",
      draw("rare", () => 1),
      { refreshMs: 60_000 },
    );
    clock.advance(600);
    assert.deepEqual(ticks, [["a", "b"]]);
    entry.value = 3;
    clock.advance(1);
    assert.deepEqual(ticks.slice(1), [["a", "b"]]);
    clock.advance(60_000);
    assert.equal(ticks.flat().filter((name) => name === "rare").length, 1);
  });

  it("draw once more after a drawing under way in which a control has moved", async () => {
    const { clock, panels, sent } = stage();
    const entry = slider("entry", { min: 1, max: 4, value: 2 });
    const gates: (() => void)[] = [];
    const draw = async (): Promise<View> => {
      const { value } = entry;
      await new Promise<void>((resolve) => gates.push(resolve));
      return html(`at ${value}`);
    };
    void panels.live("a", draw, { refreshMs: 60_000 });
    entry.value = 3;
    gates.shift()!();
    await settled();
    clock.advance(1);
    gates.shift()!();
    await settled();
    clock.advance(1000);
    assert.deepEqual([texts(sent[0]).slice(1), gates.length], [["at 2", "at 3"], 0]);
  });

  it("tell the control that moved what went wrong, until the drawing succeeds", () => {
    const { clock, panels } = stage();
    const entry = slider("entry", { min: 1, max: 4, value: 2 });
    const told: (readonly string[])[] = [];
    coreOf(entry as never).watched((problems) => told.push(problems));
    const draw = (): View => {
      if (entry.value > 3) throw new Error("too wide");
      return html("fine");
    };
    panels.live("a", draw, { refreshMs: 1000 });
    entry.value = 4;
    clock.advance(1);
    entry.value = 2;
    clock.advance(1);
    assert.deepEqual(told, [[], ["too wide"], []]);
  });

  it("never overlap or queue a drawing that is slower than the refresh", async () => {
    const { clock, panels, sent } = stage();
    const finish: (() => void)[] = [];
    let started = 0;
    const draw = () => {
      const n = ++started;
      return new Promise<View>((resolve) => finish.push(() => resolve(html(String(n)))));
    };
    const first = panels.live("slow", draw, { refreshMs: 100 });
    assert.match(texts(sent[0])[0]!, /^slow: drawing for the first time/);
    clock.advance(350);
    assert.equal(started, 1);
    assert.equal(panels.status()[0]?.state, "drawing");
    assert.equal(panels.status()[0]?.drawMs, 350);
    finish[0]?.();
    await first;
    assert.equal(texts(sent[0]).at(-1), "1");
    clock.advance(49);
    assert.equal(started, 1);
    clock.advance(1);
    assert.equal(started, 2);
  });

  it("say in one line why they could not be drawn, keep the last picture, and recover by themselves", () => {
    const { clock, panels, sent } = stage();
    let broken = false;
    const draw = () => {
      if (broken) throw new Error("database is locked\n    at somewhere (file.ts:1:1)");
      return html("price 7");
    };
    panels.live("price", draw, { refreshMs: 1000 });
    broken = true;
    clock.advance(5000);
    assert.deepEqual(texts(sent[0]).slice(1), [
      "price 7\nprice: not drawn since 12:00:01 UTC: database is locked at somewhere (file.ts:1:1)",
    ]);
    assert.match(panels.status()[0]!.error, /^database is locked/);
    broken = false;
    clock.advance(1000);
    assert.equal(texts(sent[0]).at(-1), "price 7");
    assert.equal(panels.status()[0]?.error, "");
  });

  it("show an error of the first drawing, also of a promise, and try again", async () => {
    const { clock, panels, sent } = stage();
    let n = 0;
    const draw = async () => {
      if (n++ === 0) throw new Error("<b>not yet</b>");
      return html("there");
    };
    await panels.live("p", draw, { refreshMs: 1000 });
    const shown = sent[0]?.at(-1);
    assert.ok(shown?.kind === "html");
    assert.match(shown.html, /role="alert".*&lt;b&gt;not yet&lt;\/b&gt;/);
    clock.advance(1000);
    await settled();
    assert.equal(texts(sent[0]).at(-1), "there");
  });

  it("say what is wrong when nothing, or what contains itself, is drawn", () => {
    const { clock, panels, sent } = stage();
    panels.live("nothing", () => undefined, { refreshMs: 1000 });
    assert.match(texts(sent[0])[0]!, /must return a view or a table; it returned undefined/);
    const spec: Record<string, unknown> = {};
    spec.itself = spec;
    panels.live("round", () => ({ kind: "chart", spec }), { refreshMs: 1000 });
    assert.match(texts(sent[1])[0]!, /may not contain itself; spec\.itself does/);
    clock.advance(3000);
    assert.equal(panels.status()[1]?.drawn, 4);
  });

  it("replace the panel of the same name, which stops and says so", async () => {
    const { clock, panels, sent } = stage();
    let old = 0;
    panels.live("a", () => html(`old ${++old}`), { refreshMs: 1000 });
    clock.advance(1000);
    panels.live("a", () => html("new"), { refreshMs: 1000 });
    assert.equal(texts(sent[0]).at(-1), "old 2\nstopped at 12:00:01 UTC: another run draws it now");
    clock.advance(10_000);
    assert.equal(old, 2);
    assert.deepEqual(texts(sent[1]), ["new"]);
    assert.equal(panels.status().length, 1);
    assert.equal(clock.pendingTimers(), 1);
  });

  it("drop what a drawing brings after its panel was stopped", async () => {
    const { clock, panels, sent } = stage();
    let finish = (_: View): void => {};
    const draw = () =>
      new Promise<View>((resolve) => {
        finish = resolve;
      });
    const first = panels.live("a", draw, { refreshMs: 1000 });
    panels.stop();
    finish(html("late"));
    await first;
    assert.match(texts(sent[0]).at(-1)!, /^a stopped at 12:00:00 UTC$/);
    assert.equal(clock.pendingTimers(), 0);
  });

  it("stop one by one or all together, once", () => {
    const { clock, panels, sent } = stage();
    for (const name of ["a", "b", "c"]) panels.live(name, () => html(name), { refreshMs: 1000 });
    panels.stop("b");
    assert.deepEqual(
      panels.status().map(({ state }) => state),
      ["waiting", "stopped", "waiting"],
    );
    clock.advance(5000);
    panels.stop();
    panels.stop();
    assert.deepEqual(texts(sent[1]), ["b", "b\nstopped at 12:00:00 UTC"]);
    assert.deepEqual(texts(sent[2]), ["c", "c\nstopped at 12:00:05 UTC"]);
    assert.equal(clock.pendingTimers(), 0);
  });

  it("write their note into the subtitle of a chart and leave the rest of it alone", () => {
    const { panels, sent } = stage();
    const titles = ["Spread", { text: "Spread", color: "red", subtitle: "log prices" }, undefined];
    for (const [n, title] of titles.entries()) {
      const spec = { mark: "line", ...(title && { title }) };
      panels.live(`chart ${n}`, () => ({ kind: "chart", spec, label: "A spread" }), { refreshMs: 1000 });
    }
    panels.stop();
    const note = "stopped at 12:00:00 UTC";
    assert.deepEqual(
      sent.map((views) => views.at(-1)),
      [
        {
          kind: "chart",
          label: "A spread",
          spec: { mark: "line", title: { text: "Spread", subtitle: [note] } },
        },
        {
          kind: "chart",
          label: "A spread",
          spec: { mark: "line", title: { text: "Spread", color: "red", subtitle: ["log prices", note] } },
        },
        {
          kind: "chart",
          label: "A spread",
          spec: { mark: "line", title: { text: "A spread", subtitle: [note] } },
        },
      ],
    );
  });

  it("refuse a name that is none, a refresh that is too fast and a panel that is not there", () => {
    const { panels } = stage();
    const draw = () => html("x");
    assert.throws(
      () => panels.live("", draw, { refreshMs: 1000 }),
      /^TickbookError: live: a panel needs a name; got ""/,
    );
    for (const refreshMs of [0, 10, Number.NaN, Number.POSITIVE_INFINITY, -5]) {
      assert.throws(
        () => panels.live("a", draw, { refreshMs }),
        /live: refreshMs must be from 50 to 86400000/,
      );
    }
    panels.live("a", draw, { refreshMs: 1000 });
    assert.throws(
      () => panels.stop("b"),
      /stopLive: there is no live panel "b"; there are "a"\. Call stopLive\(\)/,
    );
  });
});
