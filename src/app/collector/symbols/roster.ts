/** The symbols that a collector has had since its start, each with its index for good; some of them are collected. */
export interface Roster {
  readonly names: readonly string[];
  indexOf(symbol: string): number;
  has(symbol: string): boolean;
  /** Takes new ones up, without collecting them. */
  enroll(symbol: string): void;
  active(): readonly string[];
  activate(symbols: readonly string[]): void;
}

export function roster(): Roster {
  const names: string[] = [];
  const index = new Map<string, number>();
  let active: readonly string[] = [];
  return {
    names,
    indexOf: (symbol) => index.get(symbol)!,
    has: (symbol) => index.has(symbol),
    enroll: (symbol) => {
      index.set(symbol, names.length);
      names.push(symbol);
    },
    active: () => active,
    activate: (symbols) => {
      active = symbols;
    },
  };
}
