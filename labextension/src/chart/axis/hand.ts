import type { Span } from "./time-window.ts";

/** What a reader's hand does to a time axis. */
export interface Hand {
  span(): Span;
  /** Of the plot: its width, and what stands left of it. */
  pixels(): number;
  left(): number;
  zoom(aboutMs: number, factor: number): void;
  pan(from: Span, byMs: number): void;
  toNow(): void;
  /** Moves the crosshair so many bars, and says the bar in words. */
  walk(by: number): void;
  leave(): void;
}

const KEYS =
  "Arrow keys walk from bar to bar, with the shift key they move the stretch in view; plus and minus zoom, 0 goes back to now.";

/** Wheel and double click, drag, and keys, over a chart's canvas. `wheel`: without Ctrl, too. */
export function listenToHand(canvas: HTMLElement, hand: Hand, wheel: boolean, name: string): void {
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "chart");
  canvas.setAttribute("aria-label", `${name}. ${KEYS}`);
  canvas.addEventListener("blur", hand.leave);
  canvas.addEventListener("wheel", (event) => onWheel(event, canvas, hand, wheel), { passive: false });
  canvas.addEventListener("pointerdown", (event) => onDown(event, canvas, hand));
  canvas.addEventListener("dblclick", hand.toNow);
  canvas.addEventListener("keydown", (event) => onKey(event, hand));
}

function onWheel(event: WheelEvent, canvas: HTMLElement, hand: Hand, wheel: boolean): void {
  if (!wheel && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const { firstMs, lastMs } = hand.span();
  const length = lastMs - firstMs;
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    hand.pan({ firstMs, lastMs }, (event.deltaX / hand.pixels()) * length);
    return;
  }
  const share = (event.clientX - canvas.getBoundingClientRect().left - hand.left()) / hand.pixels();
  hand.zoom(firstMs + Math.min(1, Math.max(0, share)) * length, 1.0015 ** event.deltaY);
}

function onDown(down: PointerEvent, canvas: HTMLElement, hand: Hand): void {
  if (down.button !== 0) return;
  const from = hand.span();
  const perPixel = (from.lastMs - from.firstMs) / hand.pixels();
  const onMove = (move: PointerEvent): void => {
    const by = down.clientX - move.clientX;
    if (Math.abs(by) > 2) hand.pan(from, by * perPixel);
  };
  canvas.setPointerCapture(down.pointerId);
  canvas.addEventListener("pointermove", onMove);
  canvas.addEventListener("pointerup", () => canvas.removeEventListener("pointermove", onMove), {
    once: true,
  });
}

function onKey(event: KeyboardEvent, hand: Hand): void {
  const { firstMs, lastMs } = hand.span();
  const middle = (firstMs + lastMs) / 2;
  const step = (lastMs - firstMs) / 10;
  const acts: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => hand.walk(-1),
    ArrowRight: () => hand.walk(1),
    PageUp: () => hand.walk(-10),
    PageDown: () => hand.walk(10),
    Escape: hand.leave,
    "+": () => hand.zoom(middle, 0.8),
    "-": () => hand.zoom(middle, 1.25),
    "0": hand.toNow,
  };
  const pans: typeof acts = {
    ArrowLeft: () => hand.pan({ firstMs, lastMs }, -step),
    ArrowRight: () => hand.pan({ firstMs, lastMs }, step),
  };
  const act = (event.shiftKey && pans[event.key]) || acts[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}
