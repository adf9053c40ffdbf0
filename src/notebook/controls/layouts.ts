import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findStore } from "../../app/data/open-source.ts";
import { quote, reasonOf, refuse } from "../../core/errors.ts";
import type { CommApi } from "../page/kernel-api.ts";
import { LAYOUTS, type Layout, type LayoutAnswer, type LayoutQuestion } from "../page/layout-messages.ts";
import type { Kept } from "./kept.ts";

const FILE = "desk-layouts.json";

/** The layouts of desks that their reader has saved by name, in a file beside the database. */
export interface Layouts {
  readonly file: string;
  names(): string[];
  save(name: string, layout: Layout): void;
  open(name: string): Layout;
  remove(name: string): void;
}

export function layoutsIn(file: string): Layouts {
  const read = (): Record<string, Layout> => {
    if (!existsSync(file)) return {};
    try {
      const { layouts } = JSON.parse(readFileSync(file, "utf8")) as { layouts?: Record<string, Layout> };
      if (typeof layouts === "object" && layouts !== null) return layouts;
    } catch {
      // said below
    }
    return refuse({
      code: "bad-layouts",
      where: "desk",
      problem: `${file} must be JSON with "layouts"; it is something else`,
      hint: "Correct it, or move it away: then a new one is begun.",
      facts: { file },
    });
  };
  const write = (layouts: Record<string, Layout>): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify({ version: 1, layouts }, undefined, 2)}\n`);
    renameSync(`${file}.new`, file);
  };
  return {
    file,
    names: () => Object.keys(read()).sort(),
    save: (name, layout) => write({ ...read(), [checkedName(name)]: layout }),
    open: (name) =>
      read()[name] ??
      refuse({
        code: "no-layout",
        where: "desk",
        problem: `no layout is named ${quote(name, 60)}; there are ${names(Object.keys(read()))}`,
        hint: "Choose one of them.",
        facts: { name },
      }),
    remove: (name) => {
      const { [name]: _, ...others } = read();
      write(others);
    },
  };
}

function names(of: readonly string[]): string {
  return of.map((name) => quote(name, 60)).join(", ") || "none";
}

function checkedName(name: unknown): string {
  if (typeof name === "string" && /^[^\p{C}]{1,60}$/u.test(name.trim()) && name !== "__proto__")
    return name.trim();
  return refuse({
    code: "layout-name",
    where: "desk",
    problem: `a layout needs a name of 1 to 60 letters; got ${quote(name, 80)}`,
    hint: "Name it for example after what you watch.",
  });
}

/** Answers a page that saves and opens layouts: of the panels the page knows where they stand, of the controls the kernel. */
export function answerLayouts(comms: Pick<CommApi, "onOpen">, kept: Kept): void {
  comms.onOpen(LAYOUTS, async (comm, data) => {
    comm.send((await answer(data as Partial<LayoutQuestion>, kept)) as unknown as Record<string, unknown>);
    comm.close();
  });
}

async function answer(
  { does, name = "", panels = {}, sideWidth }: Partial<LayoutQuestion>,
  kept: Kept,
): Promise<LayoutAnswer> {
  try {
    const layouts = layoutsIn(join(dirname(findStore("desk")), FILE));
    const told = (more: object = {}): LayoutAnswer => ({
      names: layouts.names(),
      file: layouts.file,
      ...more,
    });
    if (does === "save") {
      layouts.save(name, { panels, controls: kept.values(), ...(sideWidth !== undefined && { sideWidth }) });
      return told();
    }
    if (does === "remove") {
      layouts.remove(name);
      return told();
    }
    if (does !== "open") return told();
    const layout = layouts.open(name);
    const faults = await kept.take(layout.controls);
    return told({ layout, ...(faults.length > 0 && { problem: faults.join("; ") }) });
  } catch (problem) {
    return { names: [], file: "", problem: reasonOf(problem) };
  }
}
