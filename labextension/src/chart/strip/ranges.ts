import { type Bounds, type Columns, lastOf, placed, type TimeWindow } from "../axis/time-window.ts";
import { lengthText } from "./line.ts";
import { createStrip, type StripHand } from "./strip.ts";

/** Buttons of usual ranges, and the strip of all that is stored, below a chart that its reader may move along. */
export interface Ranges {
  /** What is in view has changed, or what there is. */
  refresh(): void;
  /** The line of all that is stored. */
  draw(rows: readonly Columns[]): void;
  /** What is still to come; empty: nothing. */
  say(text: string): void;
  readonly node: HTMLElement;
}

export interface RangesOf extends Omit<StripHand, "place"> {
  window(): TimeWindow | undefined;
  look(window: TimeWindow): void;
  /** The button that goes back to now: it stands here, too. */
  readonly toNow: HTMLElement;
}

const HOUR = 3_600_000;
const LENGTHS: readonly (readonly [name: string, title: string, ms: number])[] = [
  ["1 h", "the last hour", HOUR],
  ["6 h", "the last six hours", 6 * HOUR],
  ["1 d", "the last day", 24 * HOUR],
  ["all", "all that is stored", Number.POSITIVE_INFINITY],
];

export function createRanges(chart: HTMLElement, { span, bounds, window, look, toNow }: RangesOf): Ranges {
  const node = document.createElement("div");
  node.className = "tickbook-ranges";
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "range");
  const buttons = LENGTHS.map(([name, title, ms]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => look(lastOf(ms, bounds())));
    group.append(button);
    return { button, title, ms };
  });
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  group.append(toNow, said);
  const strip = createStrip({ span, bounds, place: (to) => look(placed(to, bounds())) });
  node.append(group, strip.node);
  chart.append(node);
  return {
    node,
    draw: strip.draw,
    say: (text) => {
      if (said.textContent !== text) said.textContent = text;
    },
    refresh: () => {
      strip.mark();
      for (const { button, title, ms } of buttons) {
        const has = stored(bounds());
        button.disabled = Number.isFinite(ms) && ms > has;
        button.title = button.disabled ? `${title}: ${lengthText(has)} are stored` : title;
        button.setAttribute("aria-pressed", String(isOn(window(), ms)));
      }
    },
  };
}

function stored({ live, oldestMs }: Bounds): number {
  return live.lastMs - oldestMs;
}

function isOn(window: TimeWindow | undefined, ms: number): boolean {
  if (!window?.follows) return false;
  return Number.isFinite(ms)
    ? !window.isWhole && Math.abs(window.lastMs - window.firstMs - ms) < 1
    : window.isWhole;
}
