import type { Locator } from "playwright-core";

/** A live panel in the output of a cell, as the front-end extension draws it. */
export interface LivePanel {
  /** How often a Vega view was made for it since the page was loaded. */
  embeds(): Promise<number>;
  /** Resolves when it has been drawn so many times more. */
  draws(more: number): Promise<void>;
  /** Resolves when the line under it reads so. */
  says(words: RegExp): Promise<void>;
  /** What it shows, in one line. */
  label(): Promise<string>;
  /** As in a tab that lies behind another; resolves when it has been drawn for the last time. */
  hide(yes: boolean): Promise<void>;
  press(button: "pause" | "go on"): Promise<void>;
  /** By Ctrl and the wheel, in the middle of the chart. */
  zoomIn(): Promise<void>;
  unzoom(): Promise<void>;
  /** The time axis' ends that were chosen; undefined while it shows all. */
  zoom(): Promise<unknown[] | undefined>;
  /** The rows of a data set, as Vega holds them: dates as milliseconds. */
  rows(name: string): Promise<Record<string, unknown>[]>;
  /** Resolves when the chart is as wide as its place and not wider. */
  fits(): Promise<void>;
  /** Whether something is drawn up to the right edge: a label that is cut. */
  isCut(): Promise<boolean>;
}

/** As much of the DOM as is used here. */
interface Node {
  readonly dataset: Record<string, string | undefined>;
  readonly clientWidth: number;
  readonly scrollWidth: number;
  readonly innerText: string;
  readonly height: number;
  readonly width: number;
  getContext(kind: "2d"): { getImageData(...at: number[]): { data: Uint8Array } };
  readonly view: { signal(name: string): unknown; data(name: string): Record<string, unknown>[] };
  querySelector(selector: string): Node | null;
  getAttribute(name: string): string | null;
}

export function livePanel(output: Locator): LivePanel {
  const panel = output.locator(".tickbook-view").first();
  const read = <T>(of: (node: Node) => T): Promise<T> => panel.evaluate(of as never) as Promise<T>;
  const number = (name: "embeds" | "draws"): Promise<number> =>
    read(
      name === "embeds"
        ? (node) => Number(node.dataset.embeds ?? 0)
        : (node) => Number(node.dataset.draws ?? 0),
    );
  const status = (): Promise<string> =>
    read((node) => (node.querySelector(".tickbook-status")?.innerText ?? "").replace(/\s+/g, " "));
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    const deadline = performance.now() + 30_000;
    while (!(await holds())) {
      if (performance.now() > deadline) throw new Error(`a live panel: ${what}; it says: ${await status()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const hover = async (): Promise<void> => {
    await panel.scrollIntoViewIfNeeded();
    await panel.locator("canvas").hover();
  };
  const { keyboard, mouse } = output.page();
  return {
    embeds: () => number("embeds"),
    draws: async (more) => {
      await panel.waitFor();
      const from = await number("draws");
      await until(`drawn ${more} times more`, async () => (await number("draws")) >= from + more);
    },
    says: (words) =>
      until(`says ${words}`, async () => (await panel.count()) > 0 && words.test(await status())),
    label: () => read((node) => node.querySelector("[aria-label]")?.getAttribute("aria-label") ?? ""),
    hide: async (yes) => {
      await panel.evaluate((node, yes) => {
        (node as unknown as { style: { display: string } }).style.display = yes ? "none" : "";
      }, yes);
      await output.page().waitForTimeout(100);
    },
    press: (button) => panel.locator(".tickbook-status").getByRole("button", { name: button }).click(),
    zoomIn: async () => {
      await hover();
      await keyboard.down("Control");
      for (let i = 0; i < 3; i++) await mouse.wheel(0, -200);
      await keyboard.up("Control");
      await until("zoomed", async () => (await zoom()) !== undefined);
    },
    unzoom: async () => {
      await panel.locator("canvas").dblclick();
      await until("not zoomed", async () => (await zoom()) === undefined);
    },
    zoom,
    rows: (name) =>
      panel.evaluate((node, name) => {
        const plain = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);
        const { view } = (node as unknown as Node).querySelector(".tickbook-chart")!;
        return view
          .data(name)
          .map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
      }, name),
    fits: () =>
      until("as wide as its place", () =>
        read((node) => {
          const canvas = node.querySelector("canvas")?.clientWidth ?? 0;
          return (
            canvas > 0 &&
            node.scrollWidth <= node.clientWidth &&
            canvas > Math.min(node.clientWidth, 1200) - 70
          );
        }),
      ),
    isCut: () =>
      read((node) => {
        const canvas = node.querySelector("canvas")!;
        const edge = canvas.getContext("2d").getImageData(canvas.width - 2, 0, 2, canvas.height).data;
        return edge.some((part) => part !== 0);
      }),
  };

  function zoom(): Promise<unknown[] | undefined> {
    return read((node) => {
      const { view } = node.querySelector(".tickbook-chart")!;
      if (!node.querySelector(".tickbook-now:not([hidden])")) return undefined;
      return [view.signal("firstMs"), view.signal("lastMs")];
    });
  }
}
