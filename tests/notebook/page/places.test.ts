import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { patched } from "../../../src/notebook/page/delta.ts";
import type { Comm, CommData, MimeBundle } from "../../../src/notebook/page/kernel-api.ts";
import { LIVE, type LiveNews, type PanelState, VIEW_MIME } from "../../../src/notebook/page/live-messages.ts";
import { createPlaces, type Place, type PlaceOf } from "../../../src/notebook/page/places.ts";
import type { View } from "../../../src/render/view.ts";
import { type VirtualClock, virtualClock } from "../../support/virtual-clock.ts";

const NOON_MS = Date.UTC(2024, 7, 8, 12);

interface Stage {
  readonly clock: VirtualClock;
  readonly newPlace: (of?: PlaceOf) => Place;
  readonly together: (work: () => void) => void;
  readonly offer: (widget: string) => () => void;
  /** What pages that asked were told. */
  readonly answered: LiveNews[];
  /** What went into the notebook: bundle, and whether as an update. */
  readonly shown: { bundle: MimeBundle; update: boolean }[];
  /** What was broadcast. */
  readonly told: PanelState[][];
  /** A page asks for panels, and gets this answer. */
  ask(...panels: string[]): readonly PanelState[];
  /** As a desk does. */
  askDesk(): readonly PanelState[];
  /** The cell that all of them belong to is about to run again. */
  rerun(): void;
}

function stage(): Stage {
  const clock = virtualClock(NOON_MS * 1000);
  const shown: Stage["shown"] = [];
  const told: PanelState[][] = [];
  const answered: LiveNews[] = [];
  let opened: (comm: Comm, data: CommData) => unknown = () => {};
  let ids = 0;
  const cleanUps: (() => void)[] = [];
  const {
    place: newPlace,
    together,
    offer,
  } = createPlaces({
    clock,
    newId: () => `p${ids++}`,
    display: (bundle, _, update) => shown.push({ bundle, update }),
    onCellRerun: (cleanUp) => {
      cleanUps.push(cleanUp);
      return () => {};
    },
    comms: {
      onOpen: (target, callback) => {
        assert.equal(target, LIVE);
        opened = callback;
      },
      broadcast: (id, data) => {
        assert.equal(id, LIVE);
        told.push((data as unknown as LiveNews).panels.map(received));
      },
    },
  });
  const views = new Map<string, { seq: number; view: View }>();
  /** As a page does: what has changed is put into the picture before. */
  const received = ({ delta, since, ...state }: PanelState): PanelState => {
    const before = views.get(state.panel);
    assert.ok(!delta || before?.seq === since);
    const view = delta ? (patched(before!.view, delta) as View) : state.view;
    if (view) views.set(state.panel, { seq: state.seq, view });
    return view ? { ...state, view } : state;
  };
  const question = (asked: CommData): readonly PanelState[] => {
    const sent: LiveNews[] = [];
    let closed = false;
    const comm = {
      send: (data: CommData) => sent.push(data as unknown as LiveNews),
      close: () => {
        closed = true;
      },
    };
    opened(comm as unknown as Comm, asked);
    assert.ok(closed, "a question keeps no line open");
    assert.equal(sent.length, 1);
    answered.push(...sent);
    return sent[0]!.panels.map(received);
  };
  return {
    clock,
    newPlace,
    together,
    offer,
    answered,
    shown,
    told,
    rerun: () => {
      for (const cleanUp of cleanUps) cleanUp();
    },
    ask: (...panels) => question({ panels }),
    askDesk: () => question({ panels: [], desk: true }),
  };
}

const html = (text: string): View => ({ kind: "html", html: text, text });

describe("live places", () => {
  it("update the notebook's output while no page has asked", () => {
    const { newPlace, shown, told } = stage();
    const place = newPlace();
    place.show(html("a"));
    place.show(html("b"));
    assert.deepEqual(
      shown.map(({ bundle, update }) => [bundle["text/html"], (bundle[VIEW_MIME] as PanelState).seq, update]),
      [
        ["a", 0, false],
        ["b", 1, true],
      ],
    );
    assert.deepEqual(told, []);
  });

  it("answer a page with the present picture, and broadcast from then on", () => {
    const { newPlace, shown, told, ask } = stage();
    const place = newPlace();
    place.show(html("a"));
    const atMs = NOON_MS;
    assert.deepEqual(ask("p0", "gone"), [
      { panel: "p0", state: "live", seq: 0, atMs, ageMs: 0, view: html("a") },
      { panel: "gone", state: "unknown", seq: 0, atMs: 0, ageMs: 0 },
    ]);
    place.show(html("b"));
    assert.equal(shown.length, 1);
    assert.deepEqual(told, [[{ panel: "p0", state: "live", seq: 1, atMs, ageMs: 0, view: html("b") }]]);
  });

  it("tell pages by one message of all that changes together, each panel once", () => {
    const { newPlace, together, told, ask } = stage();
    const [a, b] = [newPlace(), newPlace()];
    for (const place of [a, b]) place.show(html("0"));
    ask("p0", "p1");
    together(() => {
      a.show(html("1"));
      b.show(html("2"));
      a.show(html("3"));
      assert.deepEqual(told, []);
    });
    const views = told.map((panels) =>
      panels.map(({ panel, view }) => [panel, view?.kind === "html" && view.text]),
    );
    assert.deepEqual(views, [
      [
        ["p0", "3"],
        ["p1", "2"],
      ],
    ]);
    assert.throws(() =>
      together(() => {
        b.show(html("4"));
        throw new Error("a drawing that fails");
      }),
    );
    assert.equal(told.length, 2);
  });

  it("tell a desk that asks, and nobody else, which widgets stand on it", () => {
    const { ask, askDesk, offer, answered } = stage();
    const takeAway = offer("w1");
    offer("w2");
    askDesk();
    assert.deepEqual(answered.at(-1)?.controls, ["w1", "w2"]);
    takeAway();
    askDesk();
    assert.deepEqual(answered.at(-1)?.controls, ["w2"]);
    ask();
    assert.equal(answered.at(-1)?.controls, undefined);
  });

  it("tell once a second how old the picture of each running panel is", () => {
    const { clock, newPlace, told, ask } = stage();
    const [a, b] = [newPlace(), newPlace()];
    for (const place of [a, b]) {
      place.show(html("x"));
      place.confirm();
    }
    ask("p0");
    clock.advance(1_600);
    a.confirm();
    clock.advance(500);
    const ages = told.map((panels) => panels.map(({ panel, ageMs, view }) => [panel, ageMs, view]));
    assert.deepEqual(ages, [
      [
        ["p0", 1_000, undefined],
        ["p1", 1_000, undefined],
      ],
      [
        ["p0", 400, undefined],
        ["p1", 2_000, undefined],
      ],
    ]);
  });

  it("end with one picture more, in the notebook and in all pages, and are still known after it", () => {
    const { clock, newPlace, shown, told, ask } = stage();
    const place = newPlace();
    place.show(html("a"));
    ask("p0");
    place.close(html("stopped"));
    const { bundle } = shown[1]!;
    assert.equal(bundle["text/html"], "stopped");
    assert.equal((bundle[VIEW_MIME] as PanelState).state, "stopped");
    assert.deepEqual(
      told.at(-1)?.map(({ state, seq }) => [state, seq]),
      [["stopped", 1]],
    );
    const before = told.length;
    clock.advance(5_000);
    assert.equal(told.length, before, "no pulse where nothing runs");
    assert.deepEqual(
      ask("p0").map(({ state, view }) => [state, view]),
      [["stopped", html("stopped")]],
    );
  });

  it("are told of with their names to a desk that asks, the running ones that stand on it", () => {
    const { newPlace, askDesk } = stage();
    newPlace({ name: "tiles", desk: "top" }).show(html("a"));
    newPlace({ name: "elsewhere" }).show(html("b"));
    newPlace({ name: "over", desk: "side" }).close(html("c"));
    assert.deepEqual(
      askDesk().map(({ panel, name, desk, view }) => [panel, name, desk, view]),
      [["p0", "tiles", "top", html("a")]],
    );
  });

  it("are over when their cell runs again", () => {
    const { newPlace, ask, rerun } = stage();
    newPlace().show(html("a"));
    rerun();
    assert.deepEqual(
      ask("p0").map(({ state, view }) => [state, view]),
      [["stopped", html("a")]],
    );
  });

  it("forget the oldest of many that have ended", () => {
    const { newPlace, ask } = stage();
    for (let i = 0; i < 40; i++) newPlace().close(html(String(i)));
    assert.deepEqual(
      ask("p0", "p7", "p8", "p39").map(({ state }) => state),
      ["unknown", "unknown", "stopped", "stopped"],
    );
  });

  it("are asked for times alone, with no more bars than a screen has room for; each picture is sent once", async () => {
    let opened: (comm: Comm, data: CommData) => unknown = () => {};
    const { place } = createPlaces({
      clock: virtualClock(),
      newId: () => "p",
      display: () => {},
      comms: {
        onOpen: (_, callback) => {
          opened = callback;
        },
        broadcast: () => {},
      },
    });
    const drawn: unknown[] = [];
    const history = (stretch: unknown): View => {
      drawn.push(stretch);
      return html("past");
    };
    place({ history }).show(html("now"));
    const ask = async (question: object): Promise<readonly unknown[]> => {
      let news: LiveNews | undefined;
      const send = (data: CommData): void => {
        news = data as unknown as LiveNews;
      };
      await opened({ send, close: () => {} } as unknown as Comm, question as CommData);
      return news!.panels.map(({ view }) => view);
    };
    const good = { panel: "p", fromMs: 0, toMs: 1000, bars: 1e12 };
    assert.deepEqual(await ask({ panels: ["p", "p"], stretch: good }), [html("past"), html("now")]);
    assert.deepEqual(drawn.splice(0), [{ fromUs: 0, toUs: 1e6, bars: 4000 }]);
    const odd: object[] = [
      { toMs: 1e19 },
      { toMs: Number.POSITIVE_INFINITY },
      { fromMs: -1e300 },
      { fromMs: 2000 },
    ];
    for (const part of [
      ...odd,
      { toMs: "1" },
      { fromMs: null },
      { bars: Number.NaN },
      { bars: -1 },
      { bars: {} },
    ])
      assert.deepEqual(await ask({ panels: [], stretch: { ...good, ...part } }), [], JSON.stringify(part));
    assert.deepEqual(drawn, []);
  });
});
