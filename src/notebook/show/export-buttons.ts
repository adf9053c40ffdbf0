import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { systemClock } from "../../app/clock.ts";
import { nearPath } from "../../app/project.ts";
import { reportHtml } from "../../app/study/report/page.ts";
import { requireFields, requireFunction, requireSettings, requireText } from "../../core/arguments.ts";
import { quote, refuse } from "../../core/errors.ts";
import { formatUtc } from "../../core/time.ts";
import type { Venue } from "../../core/trade.ts";
import { csvText } from "../../render/csv.ts";
import type { ReportSection } from "../../render/report.ts";
import type { View } from "../../render/view.ts";
import { displayBundle } from "../page/display.ts";
import { handFiles } from "../page/handed-files.ts";
import { VIEW_MIME } from "../page/live-messages.ts";
import { toldView } from "../view/sentence.ts";
import { isTable, tableOf } from "../view/tables.ts";
import { bundleOf, viewOf } from "../view/views.ts";
import { type Exported, writeExport } from "./exported.ts";

export interface ExportButtonsSettings {
  /** Makes the table of the CSV: what `show` shows as one, or a file that it has written itself. */
  readonly csv: () => unknown;
  /** Makes what the page shows, by its headings: what `show` shows, or a list of that; or a file that it has written itself. */
  readonly html: () => unknown;
  /** Named in each row of the CSV, and on the page. */
  readonly venue?: Venue | undefined;
  /** Stands below the page's title. */
  readonly note?: string;
}

/** The two files of a notebook: each is made when it is asked for. */
export interface ExportButtons {
  csv(): Promise<Pick<Exported, "path">>;
  html(): Promise<Pick<Exported, "path">>;
}

/**
 * A row of two buttons, CSV and HTML: each makes its file when it is pressed, keeps it in `exports/` beside the notebook and
 * hands it to the browser. Both open without a network; the charts of the page stay alive.
 */
export function exportButtons(name: string, settings: ExportButtonsSettings): ExportButtons {
  requireText("exportButtons", "name", name);
  requireSettings("exportButtons", settings, ["csv", "html", "venue", "note"]);
  requireFunction("exportButtons", "csv", settings.csv);
  requireFunction("exportButtons", "html", settings.html);

  const path = (extension: string): string => {
    const now = formatUtc(Math.floor(systemClock.nowUs() / 1e6) * 1e6).replace(/[-:]/g, "");
    return join("exports", `${name.replace(/[^\w.]/g, "-")}-${now}.${extension}`);
  };
  const files: ExportButtons = {
    csv: async () => {
      const made = await settings.csv();
      return isFile(made) ? made : writeExport(path("csv"), csvOf(made, settings.venue));
    },
    html: async () => {
      const made = await settings.html();
      return isFile(made) ? made : writeExport(path("html"), pageOf(name, made, settings));
    },
  };
  const id = handFiles(async (as) => {
    const made = await files[as]();
    const text = await readFile(made.path, "utf8");
    return { name: basename(made.path), text, place: nearPath(made.path) };
  });
  const row = toldView("The figures as CSV and the charts as one HTML page, which open without a network.");
  displayBundle({ [VIEW_MIME]: id === undefined ? {} : { files: id }, ...bundleOf(row) });
  return files;
}

function csvOf(made: unknown, venue: Venue | undefined): string {
  const table = tableOf(made);
  if (table) return csvText(table, venue === undefined ? {} : { venue });
  return refuse({
    code: "no-table",
    where: "exportButtons",
    problem: `csv must return a table; it returned ${quote(made, 60)}`,
    hint: "Return what show() shows as a table: rows, columns, a frame.",
  });
}

function pageOf(name: string, made: unknown, { venue, note }: ExportButtonsSettings): string {
  requireFields("exportButtons", "what html returns", made, []);
  const sections = Object.entries(made as Record<string, unknown>).map(
    ([heading, value]): ReportSection => ({ heading, views: viewsOf(value) }),
  );
  return reportHtml({
    title: `${name[0]!.toUpperCase()}${name.slice(1).replaceAll("-", " ")}`,
    ...(note !== undefined && { subtitle: note }),
    ...(venue !== undefined && { venue }),
    sections,
    generatedUs: systemClock.nowUs(),
    provenance: { notebook: `${name}.ipynb`, ...(venue && { venue: `${venue.name} (${venue.detail})` }) },
  });
}

/** A list of what is shown by itself is several views; any other list is a table. */
function viewsOf(value: unknown): View[] {
  const isList = Array.isArray(value) && value.length > 0 && value.findIndex((one) => !isShownAlone(one)) < 0;
  return isList ? value.map((one) => viewOf(one)) : [viewOf(value, { maxRows: 60 })];
}

function isShownAlone(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { kind } = value as { kind?: unknown };
  const isView = kind === "chart" || kind === "html";
  return isView || "toView" in value || "sentence" in value || isTable(value);
}

function isFile(made: unknown): made is Pick<Exported, "path"> {
  return typeof made === "object" && made !== null && "path" in made && "toView" in made;
}
