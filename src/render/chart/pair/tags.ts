import { numberExpression } from "../base/formats.ts";
import { byRoom, type Json, KEPT, type TimeAxis } from "../base/frame.ts";

/** Where figures beside the plot end, so that their marks stand below each other. */
export const FIGURES_END: number = KEPT - 8;

const TAG_HEIGHT = 17;
/** A box to the right of a plot, over the numbers of its axis: half the root of its size is one of its units. */
const TAG_SIZE = 4 * TAG_HEIGHT * TAG_HEIGHT;
/** Where there is little room, a stroke that says where the value is: its figures stand above the plot. */
const MARK_SIZE = 4 * 3 * 3;
const CROSSHAIR = "#5b6168";

const box = (width: number): string => `M0,-0.5H${width / TAG_HEIGHT}V0.5H0Z`;

interface Tagged {
  readonly field: string;
  readonly format: string;
  readonly y: Json;
  readonly fill: Json;
}

/** A filled tag with the value of the rows that a transform leaves. */
export function valueTag(transform: readonly Json[], { field, format, y, fill }: Tagged): Json[] {
  return boxed(transform, fill, { y: { ...y, field } }, 0, numberExpression(field, format));
}

/** Under the tag of the last price, how long its bar still forms. Seconds change faster than they are read. */
export function countdownTag({ field, y, fill }: Omit<Tagged, "format">): Json[] {
  const left = "ceil((datum.end - nowMs) / 1000)";
  const two = (value: string): string => `(${value} < 10 ? '0' : '') + (${value})`;
  const minutes = `floor(${left} / 60)`;
  const text =
    `${minutes} < 60 ? ${minutes} + ':' + ${two(`${left} % 60`)} : ` +
    `floor(${minutes} / 60) + ':' + ${two(`${minutes} % 60`)} + ':' + ${two(`${left} % 60`)}`;
  const isForming = {
    filter: "datum.kind === 1 && isNow && barMs >= 5000 && nowMs < datum.end && !isNarrow",
  };
  return boxed([isForming], fill, { y: { ...y, field } }, TAG_HEIGHT - 1, text);
}

function boxed(transform: readonly Json[], fill: Json, at: Json, below: number, text: string): Json[] {
  const encoding = { x: { value: "width" }, ...at };
  return [
    {
      transform,
      mark: {
        type: "point",
        shape: box(KEPT - 4),
        size: byRoom(String(MARK_SIZE), String(TAG_SIZE)),
        opacity: 1,
        xOffset: 2,
        yOffset: below,
        strokeWidth: 0,
      },
      encoding: { ...encoding, fill },
    },
    {
      transform: [...transform, { calculate: `isNarrow ? '' : (${text})`, as: "tag" }],
      mark: {
        type: "text",
        align: "right",
        dx: byRoom("0", String(FIGURES_END)),
        dy: below,
        fontWeight: 600,
        color: "#ffffff",
      },
      encoding: { ...encoding, text: { field: "tag" } },
    },
  ];
}

/** The value at the crosshair. */
export function hoverTag(transform: readonly Json[], tagged: Omit<Tagged, "fill">): Json[] {
  return valueTag(transform, { ...tagged, fill: { value: CROSSHAIR } });
}

/** The time at the crosshair, under the axis of the last pane. */
export function timeTag(hovered: Json, seconds: boolean, x: TimeAxis): Json[] {
  const width = seconds ? 122 : 104;
  const transform = [
    hovered,
    { calculate: `utcFormat(datum.t, '%b %d  %H:%M${seconds ? ":%S" : ""}')`, as: "tag" },
  ];
  const at = { x: x.channel("middle"), y: { value: "height" } };
  return [
    {
      transform,
      mark: {
        type: "point",
        shape: `M${-width / 2 / TAG_HEIGHT},-0.5H${width / 2 / TAG_HEIGHT}V0.5H${-width / 2 / TAG_HEIGHT}Z`,
        size: TAG_SIZE,
        yOffset: 11,
        fill: CROSSHAIR,
        opacity: 1,
        strokeWidth: 0,
      },
      encoding: at,
    },
    {
      transform,
      mark: { type: "text", dy: 11, fontWeight: 600, color: "#ffffff" },
      encoding: { ...at, text: { field: "tag" } },
    },
  ];
}
