import { reasonOf } from "../../core/errors.ts";
import type { Core } from "./control.ts";

/** The values of the controls that stand on the desk, by their names, as JSON keeps them. */
export interface Kept {
  values(): Record<string, unknown>;
  /** Moves those that are named; resolves with what could not be taken. */
  take(values: Readonly<Record<string, unknown>>): Promise<string[]>;
}

const key = Symbol.for("tickbook.desk-controls");

/** One set a kernel, also when the package is loaded twice. */
function shown(): Set<Core<unknown>> {
  const place = globalThis as { [key]?: Set<Core<unknown>> };
  place[key] ??= new Set();
  return place[key];
}

/** These stand on the desk until the returned function is called. */
export function keepControls(cores: readonly Core<unknown>[]): () => void {
  for (const core of cores) shown().add(core);
  return () => {
    for (const core of cores) shown().delete(core);
  };
}

export const deskControls: Kept = {
  values: () => {
    const cores = [...shown()].filter(({ kind }) => kind.kept !== "never");
    return Object.fromEntries(cores.map(({ kind, name, value }) => [name, keptOf(kind, value())]));
  },
  take: async (values) => {
    const faults: string[] = [];
    // all are moved before anything is drawn: a pair of a symbol with itself stands between two pairs
    const moves = [...shown()].map((core) => {
      const { name, kind } = core;
      if (!(name in values) || kind.kept === "never") return undefined;
      try {
        return core.take(kind.accept(kind.kept ? kind.kept.from(values[name]) : values[name]));
      } catch (problem) {
        faults.push(`${name}: ${reasonOf(problem)}`);
        return undefined;
      }
    });
    await Promise.all(moves);
    return faults;
  },
};

function keptOf({ kept }: Core<unknown>["kind"], value: unknown): unknown {
  return kept && kept !== "never" ? kept.to(value) : value;
}
