import { quote, reasonOf, refuse, TickbookError } from "../../core/errors.ts";
import { escapeHtml, plainText } from "../../render/escape.ts";
import type { HtmlView } from "../../render/view.ts";
import { display, offerToDesk } from "../page/display.ts";
import { type CommData, kernelApi } from "../page/kernel-api.ts";
import { VIEW_MIME } from "../page/live-messages.ts";
import { bundleOf } from "../view/views.ts";
import { type Core, coreOf, isControl, labelOf } from "./control.ts";
import { keepControls } from "./kept.ts";
import { openWidget, reference, type Widget } from "./widget.ts";

/** A control of whatever type. */
export interface AnyControl {
  readonly name: string;
  onChange(callback: () => unknown): void;
}

/**
 * Shows controls under the cell: those that stand alone beside each other, each list in a row of its own. Below them
 * stands what went wrong when one was moved. A control may be shown in several places. On a kernel that cannot talk
 * with the page they show as their values.
 */
export function controls(...given: readonly (AnyControl | readonly AnyControl[])[]): void {
  const rows = rowsOf(given).map((row) => row.map(checkedCore));
  const text = plainText(rows.map((row) => row.map(textOf).join("   ")).join("\n"));
  const still = (note: string): HtmlView => ({
    kind: "html",
    html: `${rows.map(stillRow).join("")}<small>${note}</small>`,
    text: `${text}\n${note}`,
  });
  const kernel = kernelApi();
  if (kernel === undefined) {
    display(still("These values can be moved on the tickbook kernel; this one cannot talk with the page."));
    return;
  }
  const layout = openWidget("Layout", { flex_flow: "row wrap" });
  const looks = openLooks();
  const boxes = rows.map((row) =>
    openWidget("HBox", {
      layout: reference(layout),
      children: row.flatMap((core) => faceOf(core, looks).map(reference)),
    }),
  );
  const box = openWidget("VBox", { children: [...boxes, problemsOf(rows.flat())].map(reference) });
  const shape = { version_major: 2, version_minor: 0, model_id: box.id };
  // what a saved notebook shows where there is no kernel
  const words = bundleOf(still("As they stood when they were shown; run the cells to move them."));
  const bundle = { [VIEW_MIME]: { widget: box.id }, [WIDGET_VIEW]: shape, ...words };
  kernel.display(bundle, undefined, false);
  const ends = [offerToDesk(box.id), keepControls(rows.flat())];
  box.onClose(() => {
    for (const end of ends) end();
  });
}

const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/** Controls as they stand, where nobody can move them. */
function stillRow(row: readonly Core<unknown>[]): string {
  const one = ({ kind, value }: Core<unknown>): string =>
    `<span style="display:inline-block;margin:2px 16px 2px 2px">${escapeHtml(labelOf(kind.name, kind.unit))} ` +
    `<b style="border:1px solid rgba(128,128,128,.5);padding:2px 8px;font-weight:400">${escapeHtml(plainText(kind.text(value())))}</b></span>`;
  return `<div style="font:13px/1.8 var(--jp-ui-font-family,system-ui,sans-serif)">${row.map(one).join("")}</div>`;
}

function checkedCore(control: unknown): Core<unknown> {
  if (isControl(control)) return coreOf(control);
  return refuse({
    code: "not-a-control",
    where: "controls",
    problem: `controls and lists of controls are needed; got ${quote(control, 80)}`,
    hint: 'Make them with slider, select, checkbox, button, text or dateRange: controls(slider("entry", { … })).',
  });
}

function rowsOf(given: readonly (AnyControl | readonly AnyControl[])[]): AnyControl[][] {
  const rows: AnyControl[][] = [];
  let open: AnyControl[] | undefined;
  for (const one of given) {
    if (Array.isArray(one)) {
      rows.push([...one]);
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = [];
      rows.push(open);
    }
    open.push(one as AnyControl);
  }
  return rows;
}

function textOf({ kind, value }: Core<unknown>): string {
  return `${labelOf(kind.name, kind.unit)}: ${kind.text(value())}`;
}

/** How a kind of widget looks in one place. */
type Looks = (widget: string) => CommData;

/** Labels take the room that they need, and so do controls; sliders with short labels are all of one width. */
function openLooks(): Looks {
  const style = reference(openWidget("DescriptionStyle", { description_width: "initial" }));
  const fit = { margin: "2px 16px 2px 2px", width: "auto", max_width: "calc(100% - 18px)" };
  const alike = { style, layout: reference(openWidget("Layout", { ...fit, min_width: "300px" })) };
  const fitting = { style, layout: reference(openWidget("Layout", fit)) };
  return (widget) => (widget === "FloatSlider" ? alike : fitting);
}

/** The widgets of one control in one place, which follow its value and set it. */
function faceOf(core: Core<unknown>, looks: Looks): Widget[] {
  const { kind } = core;
  const widgets = kind.parts.map((part) =>
    openWidget(part.widget, { ...part.model, ...part.state(core.value()), ...looks(part.widget) }),
  );
  const show = (value: unknown): void => {
    for (const [k, part] of kind.parts.entries()) widgets[k]!.update(part.state(value));
  };
  const ends = [
    core.shownBy(show),
    core.replaced(() => {
      for (const widget of widgets) widget.update({ disabled: true });
    }),
  ];
  const end = (): void => {
    for (const each of ends) each();
  };
  for (const [k, part] of kind.parts.entries()) {
    widgets[k]!.onMessage((data) => received(core, () => part.read(data, core.value()), show));
    widgets[k]!.onClose(end);
  }
  return widgets;
}

/** A value from the page; one that cannot be taken is said so beside the control, which keeps the last good one. */
async function received(
  core: Core<unknown>,
  read: () => unknown,
  show: (value: unknown) => void,
): Promise<void> {
  try {
    const value = read();
    if (value === undefined) return;
    core.tell(received, undefined);
    await core.take(value, show);
  } catch (problem) {
    core.tell(received, reasonBeside(problem));
  }
}

/** The place that an error of ours names is the control, which is named already. */
function reasonBeside(problem: unknown): string {
  return problem instanceof TickbookError ? `${problem.problem}. ${problem.hint}` : reasonOf(problem);
}

/** The line of what went wrong: empty while all is well. */
function problemsOf(cores: readonly Core<unknown>[]): Widget {
  const widget = openWidget("HTML", { value: "" });
  const texts = new Map<Core<unknown>, readonly string[]>();
  let shown = "";
  const draw = (): void => {
    const lines = cores.flatMap((core) =>
      [...new Set(texts.get(core))].map((text) => `${core.name}: ${text}`),
    );
    const value = lines.map(lineHtml).join("");
    if (value === shown) return;
    shown = value;
    widget.update({ value });
  };
  const ends = cores.map((core) =>
    core.watched((problems) => {
      texts.set(core, problems);
      draw();
    }),
  );
  widget.onClose(() => {
    for (const end of ends) end();
  });
  return widget;
}

function lineHtml(text: string): string {
  return `<div class="tickbook-note" role="alert" style="font:12px/1.5 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-error-color1,#D55E00)">${escapeHtml(text)}</div>`;
}
