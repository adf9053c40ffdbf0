import { requireSettings, requireText } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { type Control, checkedName, createControl, fieldPart, labelOf } from "../control.ts";

export interface CheckboxSettings {
  /** At first; false unless told. */
  readonly value?: boolean;
}

/** Yes or no. */
export function checkbox(name: string, settings: CheckboxSettings = {}): Control<boolean> {
  requireText("checkbox", "name", name);
  const { value = false } = requireSettings("checkbox", settings, ["value"]);

  checkedName("checkbox", name);
  return createControl<boolean>({
    name,
    first: value,
    accept: (asked) => {
      if (typeof asked === "boolean") return asked;
      return refuse({
        code: "checkbox-value",
        where: `checkbox ${quote(name, 40)}`,
        problem: `the value must be true or false; got ${quote(asked, 80)}`,
        hint: "Pass a boolean.",
        facts: { value: asked },
      });
    },
    text: (checked) => (checked ? "yes" : "no"),
    parts: [
      fieldPart<boolean>("Checkbox", { description: labelOf(name, undefined), indent: false }, "value", {
        toField: (checked) => checked,
        fromField: (raw) => raw === true,
      }),
    ],
  });
}
