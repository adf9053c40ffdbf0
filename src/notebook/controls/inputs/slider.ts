import { requireSettings, requireText } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { type Control, checkedName, createControl, fieldPart, labelOf } from "../control.ts";

export interface SliderSettings {
  readonly min: number;
  readonly max: number;
  /** From one value to the next; 1 unless told. Values in between go to the nearest. */
  readonly step?: number;
  /** At first; `min` unless told. */
  readonly value?: number;
  /** Stands behind the label: `σ`, `bp`, `bars`. */
  readonly unit?: string;
}

/** A number on a scale from `min` to `max`, moved by mouse or arrow keys, or typed. */
export function slider(name: string, settings: SliderSettings): Control<number> {
  requireText("slider", "name", name);
  requireSettings("slider", settings, ["min", "max", "step", "value", "unit"]);

  const { min, max, step = 1, value = min, unit } = settings;
  const where = "slider";
  checkedName(where, name);
  const no = (problem: string, hint: string): never =>
    refuse({
      code: "slider-range",
      where: `${where} ${quote(name, 40)}`,
      problem,
      hint,
      facts: { ...settings },
    });
  for (const [what, number] of Object.entries({ min, max, step, value })) {
    if (!Number.isFinite(number))
      no(
        `${what} must be a number; got ${quote(number)}`,
        "Pass for example { min: 1, max: 4, step: 0.1, value: 2 }.",
      );
  }
  if (min >= max)
    no(`min must be below max; got min ${min} and max ${max}`, "Exchange them, or widen the range.");
  if (step <= 0 || step > max - min)
    no(
      `step must be above 0 and at most ${max - min}, which is max - min; got ${step}`,
      "Pass a smaller step: a hundredth of the range suits most sliders.",
    );
  const decimals = Math.max(decimalsOf(step), decimalsOf(min));
  const accept = (asked: number): number => {
    if (typeof asked !== "number" || !(asked >= min && asked <= max))
      no(
        `the value must be from ${min} to ${max}; got ${quote(asked)}`,
        "Choose another value, or widen the range.",
      );
    const steps = Math.round((asked - min) / step);
    return Math.min(max, Number((min + steps * step).toFixed(decimals)));
  };
  return createControl<number>({
    name,
    ...(unit !== undefined && { unit }),
    first: value,
    accept,
    text: (v) => v.toFixed(decimals),
    parts: [
      fieldPart<number>(
        "FloatSlider",
        { description: labelOf(name, unit), min, max, step, readout_format: `.${decimals}f` },
        "value",
        { toField: (v) => v, fromField: (raw) => accept(raw as number) },
      ),
    ],
  });
}

function decimalsOf(number: number): number {
  const [digits = "", exponent = "0"] = String(number).split("e");
  return Math.min(20, Math.max(0, (digits.split(".")[1]?.length ?? 0) - Number(exponent)));
}
