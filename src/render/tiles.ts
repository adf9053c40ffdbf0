import { requireList, requireSettings } from "../core/arguments.ts";
import { type Venue, venueLabel } from "../core/trade.ts";
import { escapeHtml, plainText } from "./escape.ts";
import type { TableData } from "./table-data.ts";
import { COLOURS } from "./theme.ts";
import { type HtmlView, ROWS } from "./view.ts";

export type Tone = "good" | "warn" | "bad" | "none";

/** One number that is read at a glance. */
export interface Tile {
  readonly label: string;
  /** As it is to be read; a number is shown with six significant digits, NaN as an en dash. */
  readonly value: string | number;
  readonly unit?: string;
  /** Shown by colour and by a sign: ● good, ▲ warn, ■ bad. */
  readonly tone?: Tone;
  /** A small line below: what the value waits for, or what it is measured against. */
  readonly note?: string;
}

export interface TilesOptions {
  /** A venue which is not real is named above the tiles. */
  readonly venue?: Venue;
}

const SIGN: Readonly<Record<Tone, string>> = { good: "●", warn: "▲", bad: "■", none: "" };
const INK: Readonly<Record<Tone, string>> = {
  good: COLOURS.up,
  warn: "#C77700",
  bad: COLOURS.down,
  none: "rgba(128,128,128,.35)",
};

const TILES_CSS = `
.tickbook-tiles{container-type:inline-size;display:flex;flex-wrap:wrap;gap:8px;margin:4px 0;font-family:var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-ui-font-color1,inherit)}
.tickbook-tiles>.venue-line{flex-basis:100%;grid-column:1/-1;font-size:12px;font-weight:600;opacity:.8}
.tickbook-tile{box-sizing:border-box;flex:0 1 auto;min-width:100px;padding:8px 10px 9px;border:1px solid var(--jp-border-color2,rgba(128,128,128,.35));border-left-width:4px;border-radius:4px;line-height:1.3}
.tickbook-tile div{white-space:nowrap}
.tickbook-tile .label{font-size:11.5px;opacity:.75}
.tickbook-tile .value{font-size:22px;font-weight:600;font-variant-numeric:tabular-nums}
.tickbook-tile .value small{font-size:12px;font-weight:400;opacity:.75;margin-left:.3em}
.tickbook-tile .note{font-size:11.5px;opacity:.75;min-height:1.3em}
@container (max-width:1240px){
.tickbook-tiles .tickbook-tile{flex:1 1 auto;padding:5px 8px 6px}
.tickbook-tiles .tickbook-tile .value{font-size:17px}
}
@container (max-width:620px){
.tickbook-tiles .tickbook-tile{flex:1 1 40%}
.tickbook-tiles .tickbook-tile .value{white-space:normal;font-size:16px}
.tickbook-tiles .tickbook-tile .note{white-space:normal}
}
.tickbook-tile .sign{font-size:12px;margin-right:.4em;vertical-align:middle}
`;

/** A row of tiles. */
export function tiles(list: readonly Tile[], options: TilesOptions = {}): HtmlView {
  requireList("tiles", "list", list);
  requireSettings("tiles", options, ["venue"]);

  const label = options.venue ? venueLabel(options.venue) : "";
  const one = (tile: Tile): string => {
    const tone = tile.tone ?? "none";
    const sign = SIGN[tone] ? `<span class="sign" style="color:${INK[tone]}">${SIGN[tone]}</span>` : "";
    const unit = tile.unit ? `<small>${escapeHtml(tile.unit)}</small>` : "";
    return (
      `<div class="tickbook-tile" style="border-left-color:${INK[tone]}">` +
      `<div class="label">${escapeHtml(tile.label)}</div>` +
      `<div class="value">${sign}${escapeHtml(valueText(tile.value))}${unit}</div>` +
      `<div class="note">${escapeHtml(tile.note ?? "")}</div></div>`
    );
  };
  const html =
    `<style>${TILES_CSS}</style><div class="tickbook-tiles">` +
    `${label ? `<div class="venue-line">${escapeHtml(label)}</div>` : ""}${list.map(one).join("")}</div>`;
  const line = (tile: Tile): string => {
    const sign = SIGN[tile.tone ?? "none"];
    const value = [sign, valueText(tile.value), tile.unit ?? ""].filter(Boolean).join(" ");
    return plainText(`${tile.label}: ${value}${tile.note ? ` (${tile.note})` : ""}`).replace(/\s+/g, " ");
  };
  const text = [label, ...list.map(line)].filter(Boolean).join("\n");
  return { kind: "html", html, text, [ROWS]: () => tilesTable(list) };
}

function tilesTable(list: readonly Tile[]): TableData {
  const column = (name: string, of: (tile: Tile) => unknown) => ({
    name,
    values: list.map(of),
    kind: "text" as const,
  });
  return {
    length: list.length,
    columns: [
      column("name", ({ label }) => label),
      column("value", ({ value }) => valueText(value)),
      column("unit", ({ unit = "" }) => unit),
      column("note", ({ note = "" }) => note),
    ],
  };
}

function valueText(value: string | number): string {
  if (typeof value === "string") return value;
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
