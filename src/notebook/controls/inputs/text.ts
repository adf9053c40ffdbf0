import { requireSettings, requireText } from "../../../core/arguments.ts";
import { quote, refuse } from "../../../core/errors.ts";
import { type Control, checkedName, createControl, fieldPart, labelOf } from "../control.ts";

export interface TextSettings {
  /** At first; empty unless told. */
  readonly value?: string;
  /** Stands in the empty field. */
  readonly placeholder?: string;
  readonly unit?: string;
  /** Throws what is to be said of a text that cannot be taken: the value then stays as it was. */
  readonly accept?: (text: string) => unknown;
}

/** A line of text, taken when the reader presses Enter or leaves the field. */
export function text(name: string, settings: TextSettings = {}): Control<string> {
  requireText("text", "name", name);
  requireSettings("text", settings, ["value", "placeholder", "unit", "accept"]);

  const { value = "", placeholder = "", unit } = settings;
  checkedName("text", name);
  const accept = (asked: string): string => {
    if (typeof asked !== "string") {
      refuse({
        code: "text-value",
        where: `text ${quote(name, 40)}`,
        problem: `the value must be a text; got ${quote(asked, 80)}`,
        hint: "Pass a string.",
        facts: { value: asked },
      });
    }
    settings.accept?.(asked);
    return asked;
  };
  return createControl<string>({
    name,
    ...(unit !== undefined && { unit }),
    first: value,
    accept,
    text: (written) => quote(written, 80),
    parts: [
      fieldPart<string>(
        "Text",
        { description: labelOf(name, unit), placeholder, continuous_update: false },
        "value",
        { toField: (written) => written, fromField: (raw) => accept(String(raw)) },
      ),
    ],
  });
}
