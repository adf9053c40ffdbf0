import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { controls } from "../../../src/notebook/controls/arrange.ts";
import { coreOf } from "../../../src/notebook/controls/control.ts";
import { button } from "../../../src/notebook/controls/inputs/button.ts";
import { checkbox } from "../../../src/notebook/controls/inputs/checkbox.ts";
import { dateRange } from "../../../src/notebook/controls/inputs/date-range.ts";
import { apart, select } from "../../../src/notebook/controls/inputs/select.ts";
import { slider } from "../../../src/notebook/controls/inputs/slider.ts";
import { text } from "../../../src/notebook/controls/inputs/text.ts";
import { reacting } from "../../../src/notebook/controls/reacting.ts";
import { type FakeKernel, fakeKernel } from "../../support/fake-kernel.ts";

let kernel: FakeKernel;
beforeEach(() => {
  kernel = fakeKernel();
});

/** Lets what is due at once, and what that leads to, run. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await new Promise(setImmediate);
};
const entrySlider = () => slider("entry", { min: 1, max: 4, step: 0.1, value: 2, unit: "σ" });

test("a slider is a FloatSlider with label, unit, range and a readout of as many decimals as its step", () => {
  controls(entrySlider());
  const { state } = kernel.widget("FloatSlider");
  const { style, layout, ...given } = state;
  for (const reference of [style, layout]) assert.match(String(reference), /^IPY_MODEL_w\d+$/);
  assert.deepEqual(given, {
    _model_module: "@jupyter-widgets/controls",
    _model_module_version: "2.0.0",
    _model_name: "FloatSliderModel",
    _view_module: "@jupyter-widgets/controls",
    _view_module_version: "2.0.0",
    _view_name: "FloatSliderView",
    description: "entry (σ)",
    min: 1,
    max: 4,
    step: 0.1,
    readout_format: ".1f",
    value: 2,
  });
});

test("a slider takes numbers alone", async () => {
  const depth = slider("depth", { min: 0, max: 9, value: 4 });
  controls(depth);
  for (const raw of [null, [3], "3", true, undefined, Number.NaN]) {
    await kernel.widget("FloatSlider").set({ value: raw });
    assert.equal(depth.value, 4);
    assert.match(String(kernel.widget("HTML").state.value), /depth: the value must be from 0 to 9; got/);
  }
});

test("a label that is very long is cut", () => {
  controls(slider("L".repeat(200), { min: 0, max: 1 }));
  assert.equal(kernel.widget("FloatSlider").state.description, `${"L".repeat(60)}…`);
});

test("sliders are wide enough, other controls as wide as they need, and none is wider than the page", () => {
  controls(entrySlider(), select("side", ["long", "short"]));
  const [slides, lists] = ["FloatSlider", "Dropdown"].map((name) => {
    const id = String(kernel.widget(name).state.layout).replace("IPY_MODEL_", "");
    return kernel.widgets.find((widget) => widget.id === id)!.state;
  });
  assert.deepEqual([slides!.width, slides!.min_width], ["auto", "300px"]);
  assert.deepEqual([lists!.width, lists!.min_width], ["auto", undefined]);
  for (const { max_width } of [slides!, lists!]) assert.match(String(max_width), /100%/);
});

test("what a slider sends goes to the nearest step, free of rounding residue", async () => {
  const entry = entrySlider();
  controls(entry);
  await kernel.widget("FloatSlider").set({ value: 2.3000000000000003 });
  assert.equal(entry.value, 2.3);
  entry.value = 2.349;
  assert.equal(entry.value, 2.3);
  const bars = slider("bars", { min: 5, max: 100, step: 10, value: 31 });
  assert.equal(bars.value, 35);
});

test("a value set by code moves the control wherever it is shown, and the page that moved it is not told again", async () => {
  const entry = entrySlider();
  controls(entry);
  const first = kernel.widget("FloatSlider");
  controls(entry);
  const second = kernel.widget("FloatSlider");
  entry.value = 3;
  assert.deepEqual([first.updates, second.updates], [[{ value: 3 }], [{ value: 3 }]]);
  await first.set({ value: 3.5 });
  assert.deepEqual([first.updates.length, second.updates.at(-1)], [1, { value: 3.5 }]);
});

test("a select takes a list or an object of labels and values, and gives the value", async () => {
  const interval = select("interval", ["1s", "1m"]);
  const hedge = select("hedge", { "least squares": "ols", none: undefined }, { value: undefined });
  controls(interval, hedge);
  assert.deepEqual([interval.value, hedge.value], ["1s", undefined]);
  const { state } = kernel.widget("Dropdown");
  assert.deepEqual([state._options_labels, state.index], [["least squares", "none"], 1]);
  await kernel.widget("Dropdown").set({ index: 0 });
  assert.equal(hedge.value, "ols");
  await kernel.widget("Dropdown").set({ index: 7 });
  assert.equal(hedge.value, "ols");
});

test("two lists that stand apart leave out what the other one has chosen, and follow it", async () => {
  const y = select("y", ["A", "B", "C"]);
  const x = select("x", ["A", "B", "C"], { value: "B" });
  apart(y, x);
  controls(y, x);
  const [ofY, ofX] = kernel.widgets.filter(({ state }) => state._model_name === "DropdownModel");
  assert.deepEqual([ofY!.state._options_labels, ofY!.state.index], [["A", "C"], 0]);
  assert.deepEqual([ofX!.state._options_labels, ofX!.state.index], [["B", "C"], 0]);
  await ofX!.set({ index: 1 });
  assert.equal(x.value, "C");
  assert.deepEqual([ofY!.state._options_labels, ofY!.state.index], [["A", "B"], 0]);
  await ofY!.set({ index: 1 });
  assert.equal(y.value, "B");
  assert.deepEqual([ofX!.state._options_labels, ofX!.state.index], [["A", "C"], 1]);
  // set from a cell to what the other has
  y.value = "C";
  await settled();
  assert.deepEqual([y.value, x.value], ["C", "B"]);
  assert.deepEqual([ofY!.state._options_labels, ofY!.state.index], [["A", "C"], 1]);
});

test("two lists of two options offer both, and exchange what they stand at", async () => {
  const y = select("y", ["A", "B"]);
  const x = select("x", ["A", "B"], { value: "B" });
  apart(y, x);
  const seen: string[] = [];
  for (const one of [x, y])
    coreOf(one as never).subscribe(async () => void seen.push(`${y.value}${x.value}`));
  controls(y, x);
  const [ofY, ofX] = kernel.widgets.filter(({ state }) => state._model_name === "DropdownModel");
  assert.deepEqual([ofY!.state._options_labels, ofY!.state.index], [["A", "B"], 0]);
  await ofY!.set({ index: 1 });
  assert.deepEqual([y.value, x.value, ofX!.state.index], ["B", "A", 0]);
  await ofX!.set({ index: 1 });
  assert.deepEqual([y.value, x.value, ofY!.state.index], ["A", "B", 0]);
  assert.ok(
    seen.every((pair) => pair === "BA" || pair === "AB"),
    seen.join(),
  );
});

test("checkbox, text and button", async () => {
  const clicks: string[] = [];
  const log = checkbox("log scale");
  const pair = text("pair", { value: "BTCUSDT", placeholder: "a symbol" });
  const refit = button("refit", () => clicks.push("click"));
  controls([log, pair], [refit]);
  await kernel.widget("Checkbox").set({ value: true });
  await kernel.widget("Text").set({ value: "ETHUSDT" });
  await kernel.widget("Button").send({ method: "custom", content: { event: "click" } });
  assert.deepEqual([log.value, pair.value, refit.value, clicks], [true, "ETHUSDT", 1, ["click"]]);
});

test("a date range is two fields in UTC; one that ends before it begins is not taken and said so", async () => {
  const fromUs = Date.UTC(2024, 1, 29, 23, 30) * 1_000;
  const span = dateRange("window", { value: { fromUs, toUs: fromUs + 3_600e6 } });
  controls(span);
  const [start, end] = kernel.widgets.filter(({ state }) => state._model_name === "NaiveDatetimeModel");
  const at = { year: 2024, month: 1, date: 29, hours: 23, minutes: 30, seconds: 0, milliseconds: 0 };
  assert.deepEqual(start?.state.value, at);
  assert.equal(start?.state._view_name, "DatetimeView");
  assert.deepEqual(end?.state.value, { ...at, month: 2, date: 1, hours: 0 });
  await end!.set({ value: { ...at, date: 28 } });
  assert.deepEqual(span.value, { fromUs, toUs: fromUs + 3_600e6 });
  assert.match(
    String(kernel.widget("HTML").state.value),
    /window: the window must begin before it ends; got 2024-02-29T23:30:00Z to 2024-02-28T23:30:00Z/,
  );
  await end!.set({ value: null });
  assert.match(String(kernel.widget("HTML").state.value), /both ends must be times/);
  await end!.set({ value: { ...at, month: 2 } });
  assert.equal(span.value.toUs, Date.UTC(2024, 2, 29, 23, 30) * 1_000);
  assert.equal(kernel.widget("HTML").state.value, "");
});

test("controls lie in rows inside one box, shown with their values for programs that know no widgets", () => {
  const log = checkbox("log");
  controls(entrySlider(), log, [text("pair", { value: "A" })]);
  const ids = (name: string): unknown => kernel.widget(name).state.children;
  const rows = kernel.widgets.filter(({ state }) => state._model_name === "HBoxModel");
  const html = kernel.widget("HTML");
  assert.deepEqual(
    rows.map(({ state }) => (state.children as string[]).length),
    [2, 1],
  );
  assert.deepEqual(
    ids("VBox"),
    [...rows, html].map(({ id }) => `IPY_MODEL_${id}`),
  );
  const order = kernel.widgets.map(({ state }) => state._model_name);
  assert.equal(order.at(-1), "VBoxModel");
  const note = "As they stood when they were shown; run the cells to move them.";
  const [{ "text/html": picture, ...shown }] = kernel.shown as [Record<string, unknown>];
  assert.deepEqual(shown, {
    "application/vnd.tickbook.view+json": { widget: kernel.widget("VBox").id },
    "application/vnd.jupyter.widget-view+json": {
      version_major: 2,
      version_minor: 0,
      model_id: kernel.widget("VBox").id,
    },
    "text/plain": `entry (σ): 2.0   log: no\npair: "A"\n${note}`,
  });
  assert.match(
    String(picture),
    /entry \(σ\) <b[^>]*>2\.0<\/b>.*log <b[^>]*>no<.*pair <b[^>]*>&quot;A&quot;<.*<small>As they/,
  );
});

test("hostile labels and messages are text", async () => {
  const evil = "<img src=x onerror=alert(1)>\u202e";
  const pair = text(evil, {
    accept: (given) => {
      if (given !== "") throw new Error(evil);
    },
  });
  controls(pair, select("s", [evil]));
  assert.equal(kernel.widget("Text").state.description, evil.replace("\u202e", "\ufffd"));
  assert.deepEqual(kernel.widget("Dropdown").state._options_labels, [evil.replace("\u202e", "\ufffd")]);
  await kernel.widget("Text").set({ value: evil });
  assert.doesNotMatch(String(kernel.widget("HTML").state.value), /<img/);
  assert.match(String(kernel.widget("HTML").state.value), /&lt;img src=x/);
  assert.equal(pair.value, "");
  assert.doesNotMatch(String(kernel.shown[0]!["text/html"]), /<img/);
});

test("a drawing is made again when a control that it has read moves, and no other", async () => {
  const entry = entrySlider();
  const other = entrySlider();
  const drawn: number[] = [];
  reacting(() => {
    drawn.push(entry.value);
    return "x";
  });
  await settled();
  entry.value = 3;
  await settled();
  other.value = 3;
  await settled();
  assert.deepEqual(drawn, [2, 3]);
});

test("a control that is read after an await is followed, too", async () => {
  const entry = entrySlider();
  const drawn: number[] = [];
  reacting(async () => {
    await settled();
    drawn.push(entry.value);
    return "x";
  });
  await settled();
  await settled();
  await settled();
  entry.value = 3;
  for (let i = 0; i < 4; i++) await settled();
  assert.deepEqual(drawn, [2, 3]);
});

test("many moves at once make one drawing, of the last values", async () => {
  const entry = entrySlider();
  const exit = entrySlider();
  const drawn: string[] = [];
  reacting(() => {
    drawn.push(`${entry.value} ${exit.value}`);
    return "x";
  });
  await settled();
  for (let i = 0; i < 10; i++) entry.value = 3 + i / 10;
  exit.value = 1;
  await settled();
  assert.deepEqual(drawn, ["2 2", "3.9 1"]);
});

test("what a cell shows stands in the order of its calls", async () => {
  const entry = entrySlider();
  reacting(() => `first ${entry.value}`);
  reacting(async () => "second");
  controls(entry);
  await settled();
  assert.deepEqual(
    kernel.shown.map((bundle) => String(bundle["text/plain"]).split("\n")[0]),
    ["first 2", "drawing for the first time …", "entry (σ): 2.0", "second"],
  );
});

test("a drawing under way is not overlapped: one more follows, with the newest value", async () => {
  const entry = entrySlider();
  let under = 0;
  const drawn: number[] = [];
  const gates: (() => void)[] = [];
  reacting(async () => {
    assert.equal(++under, 1);
    drawn.push(entry.value);
    await new Promise<void>((resolve) => gates.push(resolve));
    under--;
    return "x";
  });
  await settled();
  entry.value = 2.5;
  await settled();
  entry.value = 3;
  await settled();
  gates.shift()!();
  await settled();
  gates.shift()!();
  await settled();
  assert.deepEqual([drawn, gates.length], [[2, 3], 0]);
});

test("a drawing that fails is told in its place and at the control that moved, until it succeeds", async () => {
  const entry = entrySlider();
  const calm = checkbox("calm");
  controls(entry, calm);
  reacting(() => {
    if (entry.value > 3 && !calm.value) throw new RangeError("too\nwide");
    return "drawn";
  });
  await settled();
  const slide = kernel.widget("FloatSlider").set({ value: 3.5 });
  await slide;
  assert.match(String(kernel.widget("HTML").state.value), />entry: too wide</);
  assert.match(String(kernel.shown.at(-1)!["text/plain"]), /drawn\nnot drawn: too wide$/);
  await kernel.widget("FloatSlider").set({ value: 2 });
  assert.equal(kernel.widget("HTML").state.value, "");
  assert.equal(kernel.shown.at(-1)!["text/plain"], "drawn");
});

test("a drawing that returns nothing says so", async () => {
  reacting(() => undefined);
  await settled();
  assert.match(String(kernel.shown.at(-1)!["text/plain"]), /reacting: the function must return a view/);
});

test("one callback never keeps another from being called", async () => {
  const entry = entrySlider();
  const seen: number[] = [];
  entry.onChange(() => new Promise(() => {}));
  entry.onChange((value) => seen.push(value));
  entry.value = 3;
  await settled();
  entry.value = 4;
  await settled();
  assert.deepEqual(seen, [3, 4]);
});

test("a cell that runs again ends its drawings and callbacks, and its controls are told no more", async () => {
  const entry = entrySlider();
  let calls = 0;
  entry.onChange(() => calls++);
  reacting(() => String(entry.value));
  controls(entry);
  await settled();
  kernel.rerun();
  const shown = kernel.shown.length;
  entry.value = 4;
  await settled();
  const { updates } = kernel.widget("FloatSlider");
  assert.deepEqual([calls, kernel.shown.length, updates], [0, shown, [{ disabled: true }]]);
});

test("controls refuse what they cannot be", () => {
  const no = (make: () => unknown, message: RegExp): void => assert.throws(make, message);
  no(
    () => slider("e", { min: 4, max: 1 }),
    /^TickbookError: slider "e": min must be below max; got min 4 and max 1\. /,
  );
  no(() => slider("e", { min: 1, max: 1 }), /min must be below max/);
  no(() => slider("e", { min: 1, max: 4, value: 9 }), /the value must be from 1 to 4; got 9/);
  no(() => slider("e", { min: 1, max: 4, step: 0 }), /step must be above 0 and at most 3, .*; got 0/);
  no(() => slider("e", { min: 1, max: 4, step: 5 }), /step must be above 0 and at most 3/);
  no(() => slider("e", { min: 1, max: Number.NaN }), /max must be a number; got NaN/);
  no(() => slider("", { min: 1, max: 4 }), /a control needs a name/);
  no(() => select("s", []), /there must be an option at least/);
  no(() => select("s", ["1", 1]), /"1" stands for several values/);
  no(() => select("s", ["a", "b"], { value: "c" as "a" }), /must be one of the options "a", "b"; got "c"/);
  no(() => checkbox("c", { value: 1 as unknown as boolean }), /must be true or false; got 1/);
  no(() => text("t", { value: 1 as unknown as string }), /must be a text; got 1/);
  no(() => dateRange("d", { value: { fromUs: 2, toUs: 1 } }), /must begin before it ends/);
  no(() => dateRange("d", { value: { fromUs: 0, toUs: 9 }, maxUs: 5 }), /must lie within any time to /);
  no(() => controls({ name: "x", onChange: () => {} }), /controls and lists of controls are needed/);
  const entry = entrySlider();
  assert.throws(() => {
    entry.value = Number.NaN;
  }, /must be from 1 to 4; got NaN/);
});
