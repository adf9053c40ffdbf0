export { type AnyControl, controls } from "./arrange.ts";
export { button } from "./button.ts";
export { type CheckboxSettings, checkbox } from "./checkbox.ts";
export type { Control } from "./control.ts";
export { type DateRangeSettings, dateRange, type TimeRange } from "./date-range.ts";
export { reacting } from "./reacting.ts";
export { type SelectSettings, select } from "./select.ts";
export { type SliderSettings, slider } from "./slider.ts";
export { type TextSettings, text } from "./text.ts";
