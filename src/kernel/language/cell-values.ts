/** One name of the notebook: its newest declaration, in whichever cell that stands. */
export class Box {
  private get: () => unknown;
  private set: (value: unknown) => void;

  constructor(name: string) {
    this.get = () => {
      throw new ReferenceError(`${name} has no value: the cell that declares it has not run to its end`);
    };
    this.set = this.get;
  }

  get v(): unknown {
    return this.get();
  }

  set v(value: unknown) {
    this.set(value);
  }

  bind(get: () => unknown, set: ((value: unknown) => void) | undefined): () => void {
    const before = { get: this.get, set: this.set };
    this.get = get;
    if (set) this.set = set;
    return () => {
      Object.assign(this, before);
    };
  }

  /** The variable stands elsewhere from now on. */
  lend(get: () => unknown, set: (value: unknown) => void): void {
    this.get = get;
    this.set = set;
  }

  /** False where the declaration has not been reached. */
  hasValue(): boolean {
    try {
      this.get();
      return true;
    } catch {
      return false;
    }
  }
}

export type Bindings = Readonly<
  Record<string, readonly [get: () => unknown, set?: (value: unknown) => void]>
>;

/** The values behind the names that cells declare. */
export interface CellValues {
  box(name: string): Box;
  bind(bindings: Bindings): void;
  /** After a cell that failed: names that it declared and did not reach are again what they were. The names that stay. */
  settle(): Set<string>;
}

export function createCellValues(): CellValues {
  const boxes = new Map<string, Box>();
  let bound = new Map<string, () => void>();
  const box = (name: string): Box => {
    const found = boxes.get(name) ?? new Box(name);
    boxes.set(name, found);
    return found;
  };
  return {
    box,
    bind: (bindings) => {
      bound = new Map(Object.entries(bindings).map(([name, [get, set]]) => [name, box(name).bind(get, set)]));
    },
    settle: () => {
      const stay = new Set<string>();
      for (const [name, undo] of bound) {
        if (box(name).hasValue()) stay.add(name);
        else undo();
      }
      bound = new Map();
      return stay;
    },
  };
}
