import { refuse } from "../core/errors.ts";
import { formatUtc } from "../core/time.ts";
import { type Venue, venueLabel } from "../core/trade.ts";
import { escapeHtml, scriptJson } from "./escape.ts";
import { REPORT_CSS } from "./report-page.ts";
import { TABLE_CSS, tableMarkup } from "./table.ts";
import type { TableData } from "./table-data.ts";
import { vegaConfig } from "./theme.ts";
import type { Tone } from "./tiles.ts";
import type { ChartView, View } from "./view.ts";

export interface ReportSection {
  readonly heading: string;
  /** The sentence that a reader takes away: large, with its tone at the edge. */
  readonly lead?: string;
  readonly tone?: Tone;
  /** Of the screen alone: what is printed is the tear sheet before it. */
  readonly isMore?: boolean;
  /** Plain text; an empty line starts a new paragraph. */
  readonly text?: string;
  readonly views?: readonly View[];
  /** A narrow table beside the charts, where the page is wide enough; else below them. */
  readonly beside?: TableData;
  readonly tables?: readonly TableData[];
}

export interface Report {
  readonly title: string;
  readonly subtitle?: string;
  /** A venue which is not real is named before anything else. */
  readonly venue?: Venue;
  /** How complete the data behind the numbers are: a sentence. */
  readonly coverage?: string;
  readonly sections: readonly ReportSection[];
  readonly generatedUs: number;
  /** What made the report, and from what: versions, parameters, files, fingerprints. */
  readonly provenance: Readonly<Record<string, string>>;
  /** A list of the sections, after the first so many of them; none unless told. */
  readonly contentsAfter?: number;
  /** Rows of a table that are shown; 40 unless told. */
  readonly maxRows?: number;
  /** For programs that read the file again: JSON by the id of its element; nothing of it is shown. */
  readonly attachments?: Readonly<Record<string, unknown>>;
}

/** A program inside the page, with the base64 SHA-256 of exactly this text: the page runs nothing else. */
export interface InlineScript {
  readonly source: string;
  readonly sha256: string;
}

export interface Licence {
  /** The packages under it, with their versions. */
  readonly names: readonly string[];
  readonly text: string;
}

export interface ReportRuntime {
  /** In the order in which they run: vega, vega-lite, vega-embed, and last `REPORT_SCRIPT`. */
  readonly scripts: readonly InlineScript[];
  readonly licences: readonly Licence[];
}

/**
 * One HTML file that opens offline, years later, with its charts alive. Its content policy forbids the network,
 * `eval`, and every script but those whose hash stands in the policy. The same report gives the same bytes.
 */
export function renderReport(report: Report, runtime: ReportRuntime): string {
  for (const { source } of runtime.scripts) {
    if (/<\/script|<!--|\r/i.test(source)) {
      refuse({
        code: "bad-script",
        where: "renderReport",
        problem: "a script of the runtime must not hold </script, <!-- or a carriage return; one does",
        hint: "Pass the libraries' minified builds unchanged.",
      });
    }
  }
  const hashes = runtime.scripts.map(({ sha256 }) => `'sha256-${sha256}'`).join(" ");
  const policy = `default-src 'none'; script-src ${hashes || "'none'"}; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'`;
  const charts: ChartView[] = [];
  const parts = report.sections.map((section, k) => sectionHtml(section, k, charts, report.maxRows ?? 40));
  if (report.contentsAfter !== undefined)
    parts.splice(report.contentsAfter, 0, contentsHtml(report.sections));
  const sections = parts.join("\n");
  const grounds = { light: vegaConfig("light"), dark: vegaConfig("dark") };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(report.title)}</title>
<style>${REPORT_CSS}${TABLE_CSS}</style>
</head>
<body>
<header>
${headerHtml(report)}
</header>
<main>
${sections}
</main>
<footer>
${footerHtml(report, charts.length > 0, runtime.licences)}
</footer>
${Object.entries(report.attachments ?? {})
  .map(([id, value]) => `${jsonBlock(id, value)}\n`)
  .join("")}${jsonBlock("grounds", grounds)}
${charts.map(({ spec }, i) => jsonBlock(`chart-${i}`, withoutConfig(spec))).join("\n")}
${runtime.scripts.map(({ source }) => `<script>${source}</script>`).join("\n")}
</body>
</html>
`;
}

function headerHtml(report: Report): string {
  const label = report.venue ? venueLabel(report.venue) : "";
  const lines = [
    `<h1>${escapeHtml(report.title)}</h1>`,
    report.subtitle ? `<p class="soft">${escapeHtml(report.subtitle)}</p>` : "",
    label ? `<p class="venue">${escapeHtml(label)}</p>` : "",
    report.venue && !label ? `<p class="soft">venue: ${escapeHtml(report.venue.name)}</p>` : "",
    report.coverage ? `<p>${escapeHtml(report.coverage)}</p>` : "",
    `<p class="soft">made ${escapeHtml(
      formatUtc(Math.floor(report.generatedUs / 1e6) * 1e6)
        .replace("T", " ")
        .replace("Z", ""),
    )}; all times are UTC</p>`,
  ];
  return lines.filter(Boolean).join("\n");
}

function contentsHtml(sections: readonly ReportSection[]): string {
  const links = sections.map(({ heading }, k) => `<a href="#part-${k + 1}">${escapeHtml(heading)}</a>`);
  return `<nav class="contents" aria-label="Contents">${links.join("\n")}</nav>`;
}

function sectionHtml(section: ReportSection, k: number, charts: ChartView[], maxRows: number): string {
  const paragraphs = (section.text ?? "").split(/\n\s*\n/).filter((text) => text.trim() !== "");
  const all = section.views ?? [];
  const views = all.flatMap((view) =>
    view.kind === "html" ? `<div class="html-view">${view.html}</div>` : [],
  );
  const figures = all.flatMap((view) => {
    if (view.kind === "html") return [];
    const id = `chart-${charts.push(view) - 1}`;
    const label = escapeHtml(view.label ?? "chart");
    return `<figure data-chart="${id}" aria-label="${label}"><div></div><noscript>${label}: this chart needs JavaScript.</noscript></figure>`;
  });
  return [
    `<section id="part-${k + 1}"${section.isMore ? ' class="more"' : ""}>`,
    `<h2>${escapeHtml(section.heading)}</h2>`,
    section.lead === undefined
      ? ""
      : `<p class="lead ${section.tone ?? "none"}">${escapeHtml(section.lead)}</p>`,
    ...paragraphs.map((text) => `<p>${escapeHtml(text.trim())}</p>`),
    ...views,
    ...besideHtml(figures, section.beside),
    ...(section.tables ?? []).map((table) => tableMarkup(table, { maxRows })),
    "</section>",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function besideHtml(figures: readonly string[], table: TableData | undefined): readonly string[] {
  if (table === undefined) return figures;
  const aside = `<aside>${tableMarkup(table, { maxRows: 60 })}</aside>`;
  return [`<div class="beside"><div>`, ...figures, `</div>${aside}</div>`];
}

function footerHtml(report: Report, hasCharts: boolean, licences: readonly Licence[]): string {
  const names = Object.keys(report.provenance);
  const provenance: TableData = {
    caption: "How this report was made",
    length: names.length,
    columns: [
      { name: "what", values: names, kind: "text" },
      { name: "value", values: names.map((name) => report.provenance[name]), kind: "text", wrap: true },
    ],
  };
  const notices = licences
    .map(({ names: of, text }) => `<p>${escapeHtml(of.join(", "))}</p><pre>${escapeHtml(text)}</pre>`)
    .join("\n");
  return [
    hasCharts
      ? '<p class="soft screen">In a chart: drag to move in time, Ctrl and wheel (or pinch) to zoom, double click to see all again.</p>'
      : "",
    names.length > 0 ? tableMarkup(provenance, { maxRows: Number.POSITIVE_INFINITY }) : "",
    notices
      ? `<details><summary>Licences of the libraries inside this file</summary>\n${notices}\n</details>`
      : "",
  ]
    .filter(Boolean)
    .join("\n");
}

function jsonBlock(id: string, value: unknown): string {
  return `<script type="application/json" id="${escapeHtml(id)}">${scriptJson(value)}</script>`;
}

/** The page brings the configuration that suits its ground. */
function withoutConfig(spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { config: _, ...rest } = spec;
  return rest;
}
