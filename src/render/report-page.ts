import { AXIS_WIDTH, FONT } from "./theme.ts";

/** The look of a report: light and dark, paper, and phones. */
export const REPORT_CSS: string = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1b1f24;--soft:#4b535c;--line:rgba(27,31,36,.18);--label:#8a3c00;--label-ground:#fff1e6}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--ink:#eceff2;--soft:#b3bac2;--line:rgba(236,239,242,.2);--label:#ffb27a;--label-ground:#33200f}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 ${FONT}}
main,header,footer{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
h2{font-size:18px;margin:34px 0 6px;padding-top:12px;border-top:1px solid var(--line)}
p{margin:6px 0;max-width:72ch;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.lead{font-size:19px;line-height:1.4;font-weight:600;max-width:60ch;margin:10px 0 12px;padding:2px 0 2px 14px;border-left:4px solid var(--soft)}
.lead.good{border-color:#007a5a}.lead.warn{border-color:#c77700}.lead.bad{border-color:#c2410c}
.contents{display:flex;flex-wrap:wrap;gap:4px 18px;margin:26px 0 0;padding:10px 0;border-top:1px solid var(--line);font-size:13.5px}
.contents a{color:inherit;text-underline-offset:3px}
main .tickbook-tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(148px,1fr));margin:12px 0}
main .tickbook-tile div.value{font-size:19px}
main .tickbook-tile div.note{white-space:normal}
.venue{display:inline-block;margin:10px 0 4px;padding:4px 12px;border:1px solid currentColor;border-radius:4px;color:var(--label);background:var(--label-ground);font-weight:600}
figure{margin:12px 0;overflow-x:auto}
figure>div{min-height:60px}
figure .vega-embed.has-actions{padding-right:0}
@media screen and (min-width:1160px){.beside{display:grid;grid-template-columns:minmax(0,1fr) 376px;column-gap:12px}.beside aside{padding-top:40px}}
body .beside aside div.tickbook-table.tickbook-table table :is(th,td){padding:2px 5px}
footer{padding-top:20px;padding-bottom:40px;font-size:13px}
footer details{margin:8px 0}
pre{white-space:pre-wrap;font-size:11px}
.html-view{overflow-x:auto}
@media (max-width:600px){main,header,footer{padding-left:12px;padding-right:12px}h1{font-size:22px}
main div.tickbook-table.tickbook-table table td.w{min-width:34em}}
@page{size:A4;margin:14mm 12mm}
@media print{.beside{display:grid;grid-template-columns:minmax(0,1fr) 268px;column-gap:8px}body .beside aside div.tickbook-table.tickbook-table table :is(th,td){padding:1px 3px}}
@media print{section.more,.contents,footer details{display:none}body{font-size:12px}.lead{font-size:15px}h2{margin-top:18px}:root{color-scheme:light;--ground:#fff;--ink:#1b1f24;--soft:#4b535c;--line:rgba(27,31,36,.18);--label:#8a3c00;--label-ground:#fff1e6}
main,header,footer{max-width:none;padding:0}figure,tr,.tickbook-table{break-inside:avoid}
figure .vega-embed,figure .chart-wrapper{max-width:100%}figure canvas{max-width:100%!important;height:auto!important}
body div.tickbook-table.tickbook-table table{font-size:8.5px}body div.tickbook-table.tickbook-table table :is(th,td){padding:1px 4px}
h2{break-after:avoid}.screen,.vega-embed summary{display:none}
[data-drawn="dark"] figure{background:#14171a;-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;

/**
 * What draws the charts when the page opens: each at the width there is, in the colours of the page, again when
 * either changes. Expressions are interpreted, never compiled, so that the page can forbid `eval`.
 */
export const REPORT_SCRIPT: string = `(() => {
"use strict";
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const grounds = read("grounds");
const dark = matchMedia("(prefers-color-scheme: dark)");
const figures = [...document.querySelectorAll("figure[data-chart]")];
const drawn = new Map();
const isNarrow = () => document.documentElement.clientWidth < 500;
const fit = (spec, width) => {
  const fitted = { ...spec };
  if (typeof spec.width === "number") fitted.width = Math.min(Math.max(spec.width, 860), width);
  if (spec.params && isNarrow())
    fitted.params = spec.params.map((one) => (one.name === "isNarrow" ? { ...one, value: true } : one));
  if (spec.vconcat) fitted.vconcat = spec.vconcat.map((panel) => fit(panel, width));
  return fitted;
};
const embed = (figure, ground, width) => {
  const base = grounds[ground];
  const config = { ...base, title: { ...base.title, limit: figure.clientWidth - ${AXIS_WIDTH + 30} } };
  if (figure.clientWidth < 500) config.legend = { ...base.legend, columns: 1 };
  return vegaEmbed(figure.firstElementChild, fit(read(figure.dataset.chart), width), {
    mode: "vega-lite", ast: true, renderer: "canvas", config, logLevel: 1,
    actions: { export: true, source: false, compiled: false, editor: false },
    scaleFactor: { png: 2, svg: 1 }, tooltip: { theme: ground },
  });
};
const draw = async (figure) => {
  const ground = dark.matches ? "dark" : "light";
  document.documentElement.dataset.drawn = ground;
  drawn.get(figure)?.finalize();
  try {
    let width = Math.max(160, figure.clientWidth - (isNarrow() ? 24 : ${AXIS_WIDTH + 126}));
    let result = await embed(figure, ground, width);
    const over = figure.scrollWidth - figure.clientWidth;
    if (over > 0) {
      result.finalize();
      result = await embed(figure, ground, Math.max(160, width - over));
    }
    drawn.set(figure, result);
    // for whoever looks into the page
    figure.view = result.view;
    figure.dataset.state = "drawn";
  } catch (error) {
    figure.firstElementChild.textContent = "This chart could not be drawn: " + error.message;
    figure.dataset.state = "failed";
  }
};
const drawAll = async () => { for (const figure of figures) await draw(figure); };
let width = document.documentElement.clientWidth;
let timer;
addEventListener("resize", () => {
  if (document.documentElement.clientWidth === width) return;
  width = document.documentElement.clientWidth;
  clearTimeout(timer);
  timer = setTimeout(drawAll, 200);
});
dark.addEventListener("change", drawAll);
drawAll();
})();
`;
