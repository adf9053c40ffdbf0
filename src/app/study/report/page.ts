import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { quote, TickbookError } from "../../../core/errors.ts";
import {
  type InlineScript,
  type Licence,
  type Report,
  type ReportRuntime,
  renderReport,
} from "../../../render/report.ts";
import { REPORT_SCRIPT } from "../../../render/report-page.ts";

/** What the three minified builds contain. */
const BUNDLED: readonly string[] = [
  ..."vega vega-lite vega-embed vega-canvas vega-crossfilter vega-dataflow vega-encode vega-event-selector".split(
    " ",
  ),
  ..."vega-expression vega-force vega-format vega-functions vega-geo vega-hierarchy vega-interpreter".split(
    " ",
  ),
  ..."vega-label vega-loader vega-parser vega-projection vega-regression vega-runtime vega-scale".split(" "),
  ..."vega-scenegraph vega-schema-url-parser vega-selections vega-statistics vega-themes vega-time".split(
    " ",
  ),
  ..."vega-tooltip vega-transforms vega-util vega-view vega-view-transforms vega-voronoi vega-wordcloud".split(
    " ",
  ),
  ..."d3-array d3-color d3-delaunay d3-dispatch d3-dsv d3-ease d3-force d3-format d3-geo d3-geo-projection".split(
    " ",
  ),
  ..."d3-hierarchy d3-interpolate d3-path d3-quadtree d3-scale d3-scale-chromatic d3-shape d3-time".split(
    " ",
  ),
  ..."d3-time-format d3-timer delaunator fast-json-patch internmap json-stringify-pretty-compact".split(" "),
  ..."robust-predicates semver topojson-client tslib".split(" "),
];

let runtime: ReportRuntime | undefined;

/** vega, vega-lite and vega-embed as installed, their licences, and the script that draws; read once. */
export function reportRuntime(): ReportRuntime {
  if (runtime) return runtime;
  const build = (name: string): string => {
    const path = new URL(`${name}.min.js`, import.meta.resolve(name));
    return readFileSync(path, "utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
  };
  const sources = [build("vega"), build("vega-lite"), build("vega-embed"), REPORT_SCRIPT];
  runtime = { scripts: sources.map(inlineScript), licences: licencesOf(BUNDLED) };
  return runtime;
}

/** The report as the text of one HTML file. */
export function reportHtml(report: Report): string {
  return renderReport(report, reportRuntime());
}

/** Writes the report as one HTML file: whole, or not at all. Gives its size in bytes. */
export async function writeReport(path: string, report: Report): Promise<number> {
  const bytes = Buffer.from(reportHtml(report));
  await writeWhole(path, bytes);
  return bytes.length;
}

/** Writes beside the place and moves into it, so that no reader ever sees half a file. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    const why = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new TickbookError(
      {
        code: "cannot-write",
        where: basename(path),
        problem: `needs a folder that exists and can be written to; ${quote(dirname(path))} gave ${why}`,
        hint: "Make the folder, or pass another path.",
        facts: { path, why },
      },
      { cause: error },
    );
  }
}

function inlineScript(source: string): InlineScript {
  return { source, sha256: createHash("sha256").update(source).digest("base64") };
}

/** One entry a licence text, with all packages under it. */
function licencesOf(names: readonly string[]): Licence[] {
  const modules = new URL("../../", import.meta.resolve("vega"));
  const byText = new Map<string, string[]>();
  for (const name of names) {
    const folder = fileURLToPath(new URL(`${name}/`, modules));
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    const text = licenceText(folder);
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version}`]);
  }
  return [...byText].map(([text, of]) => ({ names: of, text }));
}

function licenceText(folder: string): string {
  for (const file of ["LICENSE", "LICENSE.txt", "LICENSE.md"]) {
    try {
      return readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new TickbookError({
    code: "no-licence",
    where: basename(folder),
    problem: "its licence must stand in every report that holds it; none was found",
    hint: "Install the dependencies again with npm start.",
    facts: { folder },
  });
}
