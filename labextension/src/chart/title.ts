import type { View } from "vega";
import { isObject, type Json, type TitleText } from "./split-spec.ts";

/** Beside the title: the axis of the plot, and the menu. */
const beside = 118;
const letterWidth = 6.2;

const signal = (key: string): string => `tickbook_title_${key}`;

/** The signal of a title's text: where it is missing there is no title. */
export const TITLE: string = signal("text");

/** The compiled specification with what its title says, and how wide it may get, as signals. */
export function withTitleSignals(compiled: Json, title: TitleText | undefined): Json {
  if (!title || !isObject(compiled.title)) return compiled;
  const said = { ...title, limit: 0 };
  const signals = Object.entries(said).map(([name, value]) => ({ name: signal(name), value }));
  // without a colour of its own it keeps the theme's
  const named = Object.keys(said).filter((name) => name !== "subtitleColor" || title.subtitleColor !== null);
  return {
    ...compiled,
    signals: [...((compiled.signals as readonly Json[] | undefined) ?? []), ...signals],
    title: {
      ...compiled.title,
      ...Object.fromEntries(named.map((name) => [name, { signal: signal(name) }])),
    },
  };
}

/** Gives a title its words, in the lines that there is room for. */
export function setTitle(view: View, title: TitleText | undefined, room: number): void {
  if (!title) return;
  const limit = Math.max(120, room - beside);
  const said = { ...title, subtitle: inLines(title.subtitle, limit / letterWidth), limit };
  for (const [name, value] of Object.entries(said)) {
    const now: unknown = view.signal(signal(name));
    if (JSON.stringify(now) !== JSON.stringify(value)) view.signal(signal(name), value);
  }
}

/** Lines of parts joined by dots, broken between parts where they are longer than so many letters. */
export function inLines(text: unknown, most: number): unknown {
  if (typeof text !== "string" && !Array.isArray(text)) return text;
  return [text].flat().flatMap((line: unknown) => {
    const lines: string[] = [];
    for (const part of String(line).split(" · ")) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + part.length + 3 <= most)
        lines[lines.length - 1] = `${last} · ${part}`;
      else lines.push(part);
    }
    return lines;
  });
}
