import { requireFunction, requireText } from "../../../core/arguments.ts";
import { type Control, checkedName, createControl, labelOf } from "../control.ts";

/** Does `onClick` when it is pressed, once at a time. Its value counts how often it was: a drawing that reads it is made again. */
export function button(name: string, onClick?: () => unknown): Control<number> {
  requireText("button", "name", name);
  if (onClick !== undefined) requireFunction("button", "onClick", onClick);

  checkedName("button", name);
  const control = createControl<number>({
    name,
    first: 0,
    kept: "never",
    accept: (presses) => presses,
    text: (presses) => (presses === 0 ? "a button" : `pressed ${presses} times`),
    parts: [
      {
        widget: "Button",
        model: { description: labelOf(name, undefined) },
        state: () => ({}),
        read: ({ method, content }, before) => {
          const { event } = (content ?? {}) as { event?: unknown };
          return method === "custom" && event === "click" ? before + 1 : undefined;
        },
      },
    ],
  });
  if (onClick) control.onChange(onClick);
  return control;
}
