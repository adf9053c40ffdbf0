import type { Bounds, Columns, Span } from "../axis/time-window.ts";
import { HEIGHT, type Part, pathOf, shifted, WIDTH } from "./line.ts";

/** What a strip below a chart does to what is in view. */
export interface StripHand {
  span(): Span;
  bounds(): Bounds;
  place(span: Span): void;
}

/** All that is stored as one line, with the stretch in view marked on it: to be dragged, at its ends too. */
export interface Strip {
  readonly node: HTMLElement;
  /** The line; later rows go on where earlier ones end. */
  draw(rows: readonly Columns[]): void;
  /** Where the stretch in view lies. */
  mark(): void;
}

const NAMES: Readonly<Record<Part, string>> = {
  begin: "begin of the view",
  view: "stretch in view",
  end: "end of the view",
};
export function createStrip(hand: StripHand): Strip {
  const node = document.createElement("div");
  node.className = "tickbook-strip";
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", "all that is stored");
  const svg = svgPart("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  svg.setAttribute("aria-hidden", "true");
  const line = svgPart("path", { "vector-effect": "non-scaling-stroke" });
  svg.append(line);
  const parts = Object.fromEntries(
    (["view", "begin", "end"] as const).map((part) => [part, createThumb(part, hand)]),
  ) as Record<Part, HTMLElement>;
  node.append(svg, ...Object.values(parts));
  node.addEventListener("pointerdown", (event) => onDown(event, node, parts, hand));

  const all = (): Span => ({ firstMs: hand.bounds().oldestMs, lastMs: hand.bounds().live.lastMs });
  return {
    node,
    draw: (rows) => line.setAttribute("d", pathOf(rows, all())),
    mark: () => {
      const { firstMs, lastMs } = all();
      const share = (ms: number): number =>
        Math.min(1, Math.max(0, (ms - firstMs) / Math.max(1, lastMs - firstMs)));
      const [from, to] = [share(hand.span().firstMs), share(hand.span().lastMs)];
      node.style.setProperty("--from", `${100 * from}%`);
      node.style.setProperty("--to", `${100 * to}%`);
      say(parts.begin, hand.span().firstMs, all());
      say(parts.end, hand.span().lastMs, all());
      say(parts.view, hand.span().lastMs, all(), `${clock(hand.span().firstMs)} to `);
    },
  };
}

function svgPart(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function createThumb(part: Part, hand: StripHand): HTMLElement {
  const node = document.createElement("div");
  node.className = `tickbook-strip-${part}`;
  node.tabIndex = 0;
  node.setAttribute("role", "slider");
  node.setAttribute("aria-label", NAMES[part]);
  node.addEventListener("keydown", (event) => onKey(event, part, hand));
  return node;
}

function say(node: HTMLElement, ms: number, { firstMs, lastMs }: Span, before = ""): void {
  node.setAttribute("aria-valuemin", String(Math.round(firstMs)));
  node.setAttribute("aria-valuemax", String(Math.round(lastMs)));
  node.setAttribute("aria-valuenow", String(Math.round(ms)));
  node.setAttribute("aria-valuetext", `${before}${clock(ms)} UTC`);
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

const FEWEST_BARS = 5;

/** `part` of what is in view, so much later than it was in `from`; an end that is moved leaves the other where it is. */
function move(hand: StripHand, from: Span, part: Part, byMs: number): void {
  const { live, oldestMs, intervalMs } = hand.bounds();
  const { firstMs, lastMs } = shifted(from, part, byMs, FEWEST_BARS * intervalMs);
  hand.place(
    part === "view"
      ? { firstMs, lastMs }
      : { firstMs: Math.max(firstMs, oldestMs), lastMs: Math.min(lastMs, live.lastMs) },
  );
}

function onKey(event: KeyboardEvent, part: Part, hand: StripHand): void {
  const { live, oldestMs } = hand.bounds();
  const { firstMs, lastMs } = hand.span();
  const step = Math.max((lastMs - firstMs) / 10, part === "view" ? 0 : (live.lastMs - oldestMs) / 100);
  const all = live.lastMs - oldestMs;
  const by: Readonly<Record<string, number>> = {
    ArrowLeft: -step,
    ArrowDown: -step,
    ArrowRight: step,
    ArrowUp: step,
    PageDown: -5 * step,
    PageUp: 5 * step,
    Home: -all,
    End: all,
  };
  const byMs = by[event.key];
  if (byMs === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  move(hand, { firstMs, lastMs }, part, byMs);
}

/** A press beside the stretch in view brings its middle there. */
function onDown(
  down: PointerEvent,
  node: HTMLElement,
  parts: Readonly<Record<Part, HTMLElement>>,
  hand: StripHand,
): void {
  if (down.button !== 0) return;
  const { left, width } = node.getBoundingClientRect();
  const { live, oldestMs } = hand.bounds();
  const perPixel = (live.lastMs - oldestMs) / Math.max(1, width);
  const part = (Object.keys(parts) as Part[]).find((one) => parts[one] === down.target) ?? "view";
  if (down.target !== parts[part]) {
    const { firstMs, lastMs } = hand.span();
    move(hand, hand.span(), "view", oldestMs + (down.clientX - left) * perPixel - (firstMs + lastMs) / 2);
  }
  const from = hand.span();
  const onMove = (to: PointerEvent): void => move(hand, from, part, (to.clientX - down.clientX) * perPixel);
  node.setPointerCapture(down.pointerId);
  node.addEventListener("pointermove", onMove);
  for (const end of ["pointerup", "pointercancel"] as const)
    node.addEventListener(end, () => node.removeEventListener("pointermove", onMove), { once: true });
  parts[part].focus({ preventScroll: true });
  down.preventDefault();
}
