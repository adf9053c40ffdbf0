/** A part of a specification. */
export type Json = Readonly<Record<string, unknown>>;

/** A Vega-Lite specification taken apart: what a running view can be given anew, and what needs another view. */
export interface SplitSpec {
  /** To be embedded: each inline data set has a name. */
  readonly spec: Json;
  /** Equal for specifications that differ in their rows, the values of their parameters and their titles only. */
  readonly skeleton: string;
  /** By name: the rows of each inline data set, and the values of the parameters. */
  readonly rows: ReadonlyMap<string, readonly unknown[]>;
  readonly values: ReadonlyMap<string, unknown>;
  readonly title: TitleText | undefined;
  readonly description: string;
}

/** What a title says; it may change while the chart stays. */
export interface TitleText {
  readonly text: unknown;
  readonly subtitle: unknown;
  readonly subtitleColor: unknown;
}

export function splitSpec(given: Json): SplitSpec {
  const { title, description, usermeta: _, ...body } = given;
  const rows = new Map<string, readonly unknown[]>();
  const values = new Map<string, unknown>();
  const spec = withData(body, (name, data) => {
    rows.set(name, data.values as readonly unknown[]);
    return { ...data, name };
  });
  const bare = withData(body, (name, { values: _, ...data }) => ({ ...data, name }));
  const { params, ...rest }: Json = bare;
  const shapes = (Array.isArray(params) ? (params as readonly Json[]) : []).map((param) => {
    if (!("value" in param) || "select" in param) return param;
    const { value, ...shape } = param;
    values.set(String(param.name), value);
    return shape;
  });
  const { text, subtitle, subtitleColor, ...look } = isObject(title) ? title : { text: title };
  return {
    spec: { ...spec, ...(title ? { title } : {}), ...(description === undefined ? {} : { description }) },
    skeleton: JSON.stringify(sorted([rest, shapes, look, Boolean(title)])),
    rows,
    values,
    title: title ? { text, subtitle: subtitle ?? "", subtitleColor: subtitleColor ?? null } : undefined,
    description: String(description ?? ""),
  };
}

/** With some words more under its title, where it has one, and in its description. */
export function noted(split: SplitSpec, note: string): SplitSpec {
  const { title, description } = split;
  const lines = [title?.subtitle ?? []].flat().filter(Boolean);
  const subtitle = [...lines.slice(0, -1), [...lines.slice(-1), note].join(" · ")];
  return {
    ...split,
    description: `${description} · ${note}`,
    title: title && { ...title, subtitle },
  };
}

/** With other rows in its data sets. */
export function withRows(spec: Json, rows: SplitSpec["rows"]): Json {
  return withData(spec, (name, data) => ({ ...data, values: rows.get(name) ?? data.values }));
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same with each inline data set, named if it was not, as `change` makes it. */
function withData(body: Json, change: (name: string, data: Json) => Json): Json {
  let count = 0;
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (!isObject(part)) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, value]) => {
        if (key !== "data" || !isObject(value)) return [key, walk(value)];
        if (!Array.isArray(value.values)) return [key, value];
        const name = typeof value.name === "string" ? value.name : `rows_${count++}`;
        return [key, change(name, value)];
      }),
    );
  };
  return walk(body) as Json;
}

/** With the keys of objects in order: a notebook that was saved has them so. */
function sorted(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(sorted);
  if (!isObject(part)) return part;
  const entries = Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]));
}
