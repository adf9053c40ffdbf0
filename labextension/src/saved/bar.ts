import type { LuminoWidget, LuminoWidgetClass } from "../jupyterlab.ts";

/** What an output knows of itself. */
export interface Saved {
  /** Whether it is a saved picture of a kernel that is gone; undefined while that is not known, or where it is no live one. */
  isSaved(): boolean | undefined;
}

/** Above a notebook whose pictures are saved ones: one sentence, and a button that runs it. */
export interface SavedBar {
  readonly widget: LuminoWidget;
  look(outputs: Iterable<Saved>): void;
}

export function createSavedBar(Widget: LuminoWidgetClass, run: () => Promise<unknown>): SavedBar {
  const widget = new Widget();
  widget.addClass("tickbook-saved");
  const { node } = widget;
  node.setAttribute("role", "status");
  widget.hide();
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Run";
  button.title = "Run all cells";
  button.addEventListener("click", async () => {
    widget.hide();
    await run();
  });
  node.append("These pictures were saved by a kernel that is gone; nothing runs. ", button);
  return {
    widget,
    look: (outputs) => {
      const told = [...outputs].map((one) => one.isSaved());
      widget.setHidden(!told.includes(true) || told.includes(false));
    },
  };
}
