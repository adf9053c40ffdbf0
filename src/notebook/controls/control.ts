import { isDeepStrictEqual } from "node:util";
import { quote, refuse } from "../../core/errors.ts";
import { plainText } from "../../render/escape.ts";
import { type CommData, kernelApi } from "../page/kernel-api.ts";
import { createReaction } from "./reaction.ts";
import { type Followed, noteRead } from "./tracking.ts";
import { stateIn } from "./widget.ts";

/** A value that the reader of a notebook sets with the mouse or the keyboard. */
export interface Control<T> {
  readonly name: string;
  /** Where `reacting` or `live` reads it, the drawing is made again whenever it changes. Set, it moves the control on the page. */
  value: T;
  /** Calls back when the value has changed: with the newest one, one call at a time. */
  onChange(callback: (value: T) => unknown): void;
}

/** One widget of a control, in the terms of Jupyter's widget protocol. */
export interface Part<T> {
  /** Its name among Jupyter's controls: `FloatSlider`. */
  readonly widget: string;
  /** What stays: the label, the range. */
  readonly model: CommData;
  /** The value as the widget holds it. */
  state(value: T): CommData;
  /** The value after a message of the page; undefined where the message is not about it. Throws what is to be shown. */
  read(data: CommData, before: T): T | undefined;
}

/** A widget that holds the value in one field of its state. */
export function fieldPart<T>(
  widget: string,
  model: CommData,
  field: string,
  { toField, fromField }: { toField(value: T): unknown; fromField(raw: unknown, before: T): T },
): Part<T> {
  return {
    widget,
    model,
    state: (value) => ({ [field]: toField(value) }),
    read: (data, before) => {
      const state = stateIn(data);
      return state && field in state ? fromField(state[field], before) : undefined;
    },
  };
}

/** A kind of control: what its value may be, and how it looks. */
export interface Kind<T> {
  readonly name: string;
  readonly unit?: string;
  readonly first: T;
  readonly parts: readonly Part<T>[];
  /** The value as it is kept; throws where it cannot be one. */
  accept(value: T): T;
  text(value: T): string;
  /** Of a list: leaves out what this gives from now on. */
  leaveOut?(other: () => T): void;
  /** How JSON keeps it; as it is unless told. `never`: it is nothing to keep. */
  readonly kept?: { to(value: T): unknown; from(kept: unknown): T } | "never";
}

/** What `controls` needs to know of a control. */
export interface Core<T> extends Followed {
  readonly kind: Kind<T>;
  value(): T;
  /** Takes a value from the page, which `from` shows already; resolves when what follows the control has been run again. */
  take(value: T, from?: (value: T) => void): Promise<void>;
  /** Shows the value again, wherever it is shown: how has changed. */
  show(): void;
  /** Calls back with every new value but the ones that it has sent itself. */
  shownBy(show: (value: T) => void): () => void;
  /** Calls back once, when the cell that made the control runs again. */
  replaced(callback: () => void): () => void;
  /** Calls back with what is wrong, now and whenever that changes. */
  watched(problems: (texts: readonly string[]) => void): () => void;
}

const key = Symbol.for("tickbook.control");

/** On a symbol, so that a control of a package that was loaded twice is still one, and completion does not offer it. */
export function coreOf(control: Control<unknown>): Core<unknown> {
  return (control as unknown as Record<symbol, Core<unknown>>)[key]!;
}

export function isControl(value: unknown): value is Control<unknown> {
  return typeof value === "object" && value !== null && key in value;
}

export function createControl<T>(kind: Kind<T>): Control<T> {
  const { name } = kind;
  let value = kind.accept(kind.first);
  const subscribers = new Set<() => Promise<void>>();
  const faces = new Set<(value: T) => void>();
  const watchers = new Set<(texts: readonly string[]) => void>();
  const problems = new Map<object, string>();
  const leaving = new Set<() => void>();

  const core: Core<T> = {
    name,
    kind,
    value: () => value,
    take: async (next, from) => {
      if (isDeepStrictEqual(next, value)) return;
      value = next;
      for (const show of faces) if (show !== from) show(next);
      await Promise.all([...subscribers].map((moved) => moved()));
    },
    subscribe: (moved) => added(subscribers, moved),
    show: () => {
      for (const show of faces) show(value);
    },
    shownBy: (show) => added(faces, show),
    replaced: (callback) => added(leaving, callback),
    watched: (tell) => {
      tell([...problems.values()]);
      return added(watchers, tell);
    },
    tell: (source, problem) => {
      if (problems.get(source) === problem) return;
      if (problem === undefined) problems.delete(source);
      else problems.set(source, problem);
      for (const tell of watchers) tell([...problems.values()]);
      if (problem !== undefined && watchers.size === 0) process.stderr.write(`${name}: ${problem}\n`);
    },
  };
  const control: Control<T> = {
    name,
    get value(): T {
      noteRead(core);
      return value;
    },
    set value(next: T) {
      void core.take(kind.accept(next));
    },
    onChange: (callback) => {
      createReaction(() => callback(value), { tracks: false }).follow(core);
    },
  };
  Object.defineProperty(control, key, { value: core });
  const followers = (): void => {
    for (const moved of subscribers) void moved();
  };
  succeed(name);
  kernelApi()?.onCellRerun(() => {
    predecessors().set(name, followers);
    for (const leave of leaving) leave();
    if (watchers.size > 0) core.tell(core, "its cell was run again: run this one again, too");
  });
  return control;
}

const replacedKey = Symbol.for("tickbook.replaced-controls");

/** By name: what followed a control whose cell has been run again. */
function predecessors(): Map<string, () => void> {
  const place = globalThis as Record<symbol, unknown>;
  place[replacedKey] ??= new Map();
  return place[replacedKey] as Map<string, () => void>;
}

/** What followed the control that this one replaces is made again: by the variable's name it finds the new one. */
function succeed(name: string): void {
  const before = predecessors().get(name);
  predecessors().delete(name);
  if (before) setImmediate(before);
}

function added<T>(set: Set<T>, one: T): () => void {
  set.add(one);
  return () => {
    set.delete(one);
  };
}

/** A control's name, which is also its label. */
export function checkedName(where: string, name: unknown): string {
  if (typeof name === "string" && name.trim() !== "") return name;
  return refuse({
    code: "control-name",
    where,
    problem: `a control needs a name, which is its label; got ${quote(name)}`,
    hint: `Call for example ${where}("entry", …).`,
    facts: { name },
  });
}

const longestLabel = 60;

/** `entry (σ)`: as a table's column is headed; short enough to leave room for the control. */
export function labelOf(name: string, unit: string | undefined): string {
  const label = plainText(unit ? `${name} (${unit})` : name);
  return label.length > longestLabel ? `${label.slice(0, longestLabel)}…` : label;
}
