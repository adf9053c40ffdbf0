import type { View } from "../../src/render/view.ts";
import type { StretchInView } from "./chart/axis/viewport.ts";
import { type Chart, type ChartTies, createChart } from "./chart/chart.ts";
import type { Json } from "./chart/split-spec.ts";
import { createFrames } from "./frames.ts";
import { drawHtml } from "./html.ts";

/** The place of one view in the page. */
export interface Panel {
  /** Draws it in the next frame; of several within a frame, the last. */
  show(view: View): void;
  /** The picture as it is, for the saved notebook; nothing where there is no chart. */
  picture(): string | undefined;
  /** The stretch of time in view, of a chart that a reader may move along. */
  stretch(): StretchInView | undefined;
  close(): void;
}

const isLight = (): boolean => document.body.dataset.jpThemeLight !== "false";
const ground = (): "light" | "dark" => (isLight() ? "light" : "dark");

export function createPanel(node: HTMLElement, ties: Omit<ChartTies, "redraw">): Panel {
  const message = document.createElement("div");
  message.className = "tickbook-failure";
  message.setAttribute("role", "alert");
  const place = document.createElement("div");
  // a name needs something that it names
  place.setAttribute("role", "group");
  node.append(place, message);

  /** On the whole screen a chart has all of it. */
  const height = (): number | undefined =>
    document.fullscreenElement === node ? window.innerHeight - place.offsetTop - 40 : ties.height?.();

  let chart: Chart | undefined;
  let wanted: View | undefined;
  let shown: View | undefined;

  const frames = createFrames(window, async () => {
    const view = wanted ?? shown;
    // what is hidden, as in a tab behind another, is drawn when it comes forth
    if (!view || node.clientWidth === 0) return;
    wanted = undefined;
    shown = view;
    try {
      await draw(view);
      message.textContent = view.kind === "chart" ? oneLine(chart?.lost() ?? "") : "";
    } catch (problem) {
      message.textContent = `This chart cannot be drawn; Vega-Lite says of its specification: ${oneLine(problem)}`;
    }
  });
  const draw = async (view: View): Promise<void> => {
    if (view.kind === "html") {
      chart?.finalize();
      if (chart) place.replaceChildren();
      chart = undefined;
      drawHtml(place, view.html);
      return;
    }
    if (!chart) {
      place.replaceChildren();
      chart = createChart(place, ground, { ...ties, height, redraw: frames.ask });
    }
    const { count } = chart;
    await chart.draw(view.spec as Json);
    node.dataset.embeds = String(count.embeds);
    node.dataset.draws = String(count.draws);
    if (view.label) place.setAttribute("aria-label", view.label);
  };

  let size = "";
  const resized = new ResizeObserver(() => {
    const now = `${node.clientWidth} ${height()}`;
    if (now !== size && (chart || wanted)) frames.ask();
    size = now;
  });
  resized.observe(node);
  if (ties.height && node.parentElement) resized.observe(node.parentElement);
  // JupyterLab hides the page while it changes its theme, for less than a frame: in the next one it is there again
  const themed = new MutationObserver(() => chart && requestAnimationFrame(frames.ask));
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });

  return {
    show: (view) => {
      wanted = view;
      frames.ask();
    },
    picture: () => {
      const canvas = chart && place.querySelector("canvas");
      return canvas ? onGround(canvas) : undefined;
    },
    stretch: () => chart?.stretch(),
    close: () => {
      frames.close();
      resized.disconnect();
      themed.disconnect();
      chart?.finalize();
    },
  };
}

/** A canvas as PNG in base64, on the page's ground: the chart itself has none. */
function onGround(canvas: HTMLCanvasElement): string | undefined {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext("2d");
  if (!context || canvas.width === 0) return undefined;
  context.fillStyle = isLight() ? "#ffffff" : "#111111";
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, 0, 0);
  return copy.toDataURL("image/png").split(",")[1];
}

function oneLine(problem: unknown): string {
  const text = (problem instanceof Error ? problem.message : String(problem)).replace(/\s+/g, " ");
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
