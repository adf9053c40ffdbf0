import { createDesk } from "../desk/desk.ts";
import type { LuminoWidget, LuminoWidgetClass, Rendermime } from "../jupyterlab.ts";
import { createLinks } from "../links.ts";
import { speakOfServer } from "../live/words.ts";
import { servedContext } from "./context.ts";

/** The desk without JupyterLab: the same panels, to be read. */
const dark = matchMedia("(prefers-color-scheme: dark)");
const setTheme = (): void => {
  document.body.dataset.jpThemeLight = String(!dark.matches);
};
dark.addEventListener("change", setTheme);
setTheme();

const Widget = class {
  id = "";
  readonly title = { label: "", caption: "", closable: false };
  readonly node: HTMLElement = document.createElement("div");
  isDisposed = false;
  addClass(name: string): void {
    this.node.classList.add(name);
  }
  hide(): void {
    this.setHidden(true);
  }
  setHidden(hidden: boolean): void {
    this.node.hidden = hidden;
  }
  dispose(): void {
    this.isDisposed = true;
    this.node.remove();
  }
  static attach({ node }: LuminoWidget, host: HTMLElement): void {
    host.append(node);
  }
} satisfies LuminoWidgetClass;

const noControls = (): Rendermime => {
  throw new Error("a page that is only read has no controls");
};
speakOfServer();
const links = createLinks(servedContext());
const desk = createDesk(Widget, links, noControls, { isReadOnly: true });
document.body.append(desk.widget.node);
desk.say("");
