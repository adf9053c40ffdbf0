import { requireList, requireSettings, requireText } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { plainText } from "../../../render/escape.ts";
import { type Control, checkedName, coreOf, createControl, labelOf } from "../control.ts";
import { stateIn } from "../widget.ts";

export interface SelectSettings<T> {
  /** At first; the first option unless told. */
  readonly value?: T;
}

/** One of several options: a list of them, of which equal ones count once, or an object of what each is called. */
export function select<const T>(
  name: string,
  options: readonly T[] | Readonly<Record<string, T>>,
  settings: SelectSettings<T> = {},
): Control<T> {
  requireText("select", "name", name);
  requireSettings("select", settings, ["value"]);
  if (typeof options === "string") requireList("select", "options", options);

  const where = `select ${quote(checkedName("select", name), 40)}`;
  const entries: readonly (readonly [string, T])[] = isList(options)
    ? [...new Set(options)].map((option) => [String(option), option])
    : Object.entries(options ?? {});
  if (entries.length === 0) {
    refuse({
      code: "select-options",
      where,
      problem: "there must be an option at least; got none",
      hint: 'Pass a list, for example ["1s", "1m"], or an object of labels and values.',
    });
  }
  const names = entries.map(([label]) => label);
  const twice = names.find((label, at) => names.indexOf(label) < at);
  if (twice !== undefined) {
    refuse({
      code: "select-options",
      where,
      problem: `each option needs a label of its own; ${quote(twice, 40)} stands for several values`,
      hint: "Leave all but one of them out, or pass an object of labels and values.",
      facts: { twice },
    });
  }
  const indexOf = (value: T): number => {
    const index = entries.findIndex(([, option]) => Object.is(option, value));
    if (index >= 0) return index;
    return refuse({
      code: "select-value",
      where,
      problem: `the value must be one of the options ${names.map((label) => quote(label, 40)).join(", ")}; got ${quote(value, 80)}`,
      hint: "Choose one of them, or add it to the options.",
      facts: { value },
    });
  };
  let other: (() => T) | undefined;
  /** Those that the list offers while it stands at a value. */
  const offered = (value: T): typeof entries => {
    // of two options the other one is offered, too: both lists exchange theirs
    if (!other || entries.length <= 2) return entries;
    const taken = other();
    return entries.filter(([, option]) => Object.is(option, value) || !Object.is(option, taken));
  };
  return createControl<T>({
    name,
    leaveOut: (value) => {
      other = value;
    },
    first: "value" in settings ? (settings.value as T) : entries[0]![1],
    accept: (value) => entries[indexOf(value)]![1],
    text: (value) => names[indexOf(value)]!,
    kept: {
      to: (value) => names[indexOf(value)],
      from: (label) => {
        const entry = entries.find(([name]) => name === label);
        // refused as any other value that is none of the options
        return entry ? entry[1] : (label as T);
      },
    },
    parts: [
      {
        widget: "Dropdown",
        model: { description: labelOf(name, undefined) },
        state: (value) => {
          const options = offered(value);
          return {
            _options_labels: options.map(([label]) => plainText(label)),
            index: options.findIndex(([, option]) => Object.is(option, value)),
          };
        },
        read: (data, before) => {
          const { index } = stateIn(data) ?? {};
          return index === undefined ? undefined : (offered(before)[Number(index ?? -1)]?.[1] ?? before);
        },
      },
    ],
  });
}

/** Of two lists with the same options, each leaves out what the other one has chosen; what is chosen all the same, they exchange. */
export function apart<T>(a: Control<T>, b: Control<T>): void {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const core = coreOf(one as Control<unknown>);
    const follows = coreOf(other as Control<unknown>);
    core.kind.leaveOut?.(() => follows.value());
    let before = core.value();
    core.subscribe(async () => {
      const left = before;
      before = core.value();
      if (Object.is(before, follows.value())) await follows.take(left);
      else follows.show();
    });
  }
}

function isList<T>(options: readonly T[] | Readonly<Record<string, T>>): options is readonly T[] {
  return Array.isArray(options);
}
