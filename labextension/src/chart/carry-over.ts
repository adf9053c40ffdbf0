import type { View } from "vega";

/** What the reader has chosen in a view: zoom, selections, legend. */
export interface Choices {
  readonly signals?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly subcontext?: readonly Choices[];
}

const store = /_store$/;
/** Of a selection's signals, those that follow from others or live for one gesture. */
const passing = /_(tuple|tuple_fields|toggle|modify|anchor|delta)$/;

export function choicesOf(view: View): Choices {
  const read = (signals: (name?: string) => boolean): Choices =>
    view.getState({ signals, data: (name?: string) => store.test(name ?? ""), recurse: true });
  const selections = Object.keys(read(() => false).data ?? {}).map((name) => name.replace(store, "_"));
  return read((name = "") => !passing.test(name) && selections.some((start) => name.startsWith(start)));
}

/** Gives a view the choices made in another, as far as it has a place for them. */
export function choose(view: View, choices: Choices): void {
  view.setState(shared(choicesOf(view), choices));
}

function shared(present: Choices, wanted: Choices): Choices {
  const pick = (of: object = {}, from: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
    Object.fromEntries(Object.keys(of).flatMap((key) => (key in from ? [[key, from[key]]] : [])));
  return {
    signals: pick(present.signals, wanted.signals),
    data: pick(present.data, wanted.data),
    subcontext: (present.subcontext ?? []).map((part, i) => shared(part, wanted.subcontext?.[i] ?? {})),
  };
}
