/** The z-score of the pair as the desk shows it in three places. */
interface Look {
  readonly tile: string;
  readonly table: string;
  readonly chart: string;
}

/** Runs in the page: z-scores as a reader sees them once the watch has one, `least` looks or more until they have moved twice. */
export function lookAtPair(least: number): Promise<Look[]> {
  interface Node {
    readonly innerText: string;
    querySelector(selector: string): Node | null;
    querySelectorAll(selector: string): Iterable<Node>;
    readonly view: { data(name: string): { z: number | null }[]; signal(name: string): unknown };
  }
  const { document, setTimeout } = globalThis as unknown as {
    document: Node;
    setTimeout(run: () => void, ms: number): void;
  };
  const panel = (name: string): Node => document.querySelector(`[data-panel="${name}"]`)!;
  const cellsOf = (row: Node): string[] => [...row.querySelectorAll("td")].map(({ innerText }) => innerText);
  const tile = (): string => {
    const all = [...panel("tiles").querySelectorAll(".tickbook-tile")].map(({ innerText }) => innerText);
    return /z-score\s+\S?\s*([−\d.]+)/.exec(all.find((text) => text.startsWith("z-score")) ?? "")?.[1] ?? "";
  };
  const table = (): string => {
    const rows = [...panel("alerts").querySelectorAll("tbody tr")].map(cellsOf);
    const row = rows.find((cells) => cells.some((cell) => cell.startsWith("z-score out")));
    return row?.find((cell) => cell.endsWith(" σ"))?.replace(" σ", "") ?? "";
  };
  const chart = (): string => {
    const { view } = panel("pair").querySelector(".tickbook-chart")!;
    const [rows] = view.data("rows_0") as unknown as [{ z: (number | null)[] }];
    return (rows.z.findLast((z) => z !== null) ?? Number.NaN).toFixed(2).replace("-", "−");
  };
  return new Promise((resolve) => {
    const looks: Look[] = [];
    const look = (): void => {
      const now = { tile: tile(), table: table(), chart: chart() };
      if (looks.length > 0 || /\d/.test(now.table)) looks.push(now);
      const hasMoved = new Set(looks.map(({ chart }) => chart)).size > 2;
      if (looks.length >= least && hasMoved) resolve(looks);
      else setTimeout(look, 9);
    };
    look();
  });
}
