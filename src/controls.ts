/** "tickbook/controls". Controls of a notebook, and what moves with them. */
export { TickbookError } from "./core/errors.ts";
export { type AnyControl, controls } from "./notebook/controls/arrange.ts";
export { barsWithin } from "./notebook/controls/bars-within.ts";
export { type Brush, brush } from "./notebook/controls/brush.ts";
export type { Control } from "./notebook/controls/control.ts";
export { type Derived, derived } from "./notebook/controls/derived.ts";
export { button } from "./notebook/controls/inputs/button.ts";
export { type CheckboxSettings, checkbox } from "./notebook/controls/inputs/checkbox.ts";
export { type DateRangeSettings, dateRange, type TimeRange } from "./notebook/controls/inputs/date-range.ts";
export { type SelectSettings, select } from "./notebook/controls/inputs/select.ts";
export { type SliderSettings, slider } from "./notebook/controls/inputs/slider.ts";
export { type TextSettings, text } from "./notebook/controls/inputs/text.ts";
export { reacting } from "./notebook/controls/reacting.ts";
export { type PairControls, type PairControlsSettings, pairControls } from "./notebook/pair/pair-controls.ts";
