import type {
  Layout,
  LayoutAnswer,
  LayoutQuestion,
  PanelPlace,
} from "../../../src/notebook/page/layout-messages.ts";

/** What the bar moves: the panels of a desk, and the column beside. */
export interface Arranged {
  places(): Readonly<Record<string, PanelPlace>>;
  sideWidth(): number | undefined;
  arrange(layout: Pick<Layout, "panels" | "sideWidth">): void;
}

/** Where panels stand, and layouts by name: save, open, delete. */
export interface LayoutBar {
  readonly node: HTMLElement;
  /** Asks the kernel for the names there are. */
  refresh(): void;
}

const PLACES: Readonly<Record<PanelPlace, string>> = {
  top: "on top",
  main: "in the middle",
  side: "beside",
  hidden: "not shown",
};

export function createLayoutBar(
  desk: Arranged,
  ask: (question: LayoutQuestion) => Promise<LayoutAnswer | undefined>,
): LayoutBar {
  const node = document.createElement("span");
  node.className = "tickbook-desk-layouts";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const list = document.createElement("select");
  list.setAttribute("aria-label", "saved layouts");
  const button = (name: string, press: () => Promise<void>): HTMLButtonElement => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = name;
    one.addEventListener("click", () => void press());
    return one;
  };

  const fill = (names: readonly string[], chosen: string): void => {
    const option = (text: string, value: string): HTMLOptionElement => {
      const one = document.createElement("option");
      [one.textContent, one.value] = [text, value];
      return one;
    };
    list.replaceChildren(option("layout …", ""), ...names.map((name) => option(name, name)));
    list.value = names.includes(chosen) ? chosen : "";
    remove.hidden = list.value === "";
    list.hidden = names.length === 0;
  };
  const does = async (question: LayoutQuestion, done: (answer: LayoutAnswer) => string): Promise<void> => {
    const answer = await ask(question);
    if (!answer) {
      said.textContent = "no kernel answers";
      return;
    }
    if (answer.file !== "")
      fill(answer.names, question.does === "remove" ? "" : (question.name ?? list.value));
    said.textContent = answer.problem ?? done(answer);
  };

  const save = button("save as …", async () => {
    const name = window
      .prompt("A name for this layout: its panels, controls and watch list", list.value)
      ?.trim();
    if (!name) return;
    const sideWidth = desk.sideWidth();
    const question = { does: "save", name, panels: desk.places(), ...(sideWidth && { sideWidth }) } as const;
    await does(question, ({ file }) => `saved in ${file}`);
  });
  const remove = button("delete", () =>
    does({ does: "remove", name: list.value }, ({ file }) => `deleted from ${file}`),
  );
  list.addEventListener("change", () => {
    if (list.value === "") return;
    void does({ does: "open", name: list.value }, ({ layout }) => {
      if (layout) desk.arrange(layout);
      return "";
    });
  });
  fill([], "");
  node.append(said, list, save, remove, placesMenu(desk));
  return { node, refresh: () => void does({ does: "list" }, () => "") };
}

function placesMenu(desk: Arranged): HTMLElement {
  const menu = document.createElement("details");
  const summary = document.createElement("summary");
  summary.className = "tickbook-desk-menu";
  summary.textContent = "panels";
  const body = document.createElement("div");
  body.className = "tickbook-desk-places";
  menu.append(summary, body);
  menu.addEventListener("toggle", () => {
    if (menu.open)
      body.replaceChildren(...Object.entries(desk.places()).flatMap((one) => placeOf(desk, ...one)));
  });
  menu.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") menu.open = false;
  });
  return menu;
}

function placeOf(desk: Arranged, panel: string, place: PanelPlace): HTMLElement[] {
  const label = document.createElement("label");
  label.textContent = panel;
  const list = document.createElement("select");
  list.id = `tickbook-place-${panel.replace(/\W+/g, "-")}`;
  label.htmlFor = list.id;
  for (const [value, text] of Object.entries(PLACES))
    list.add(new Option(text, value, false, value === place));
  list.addEventListener("change", () => desk.arrange({ panels: { [panel]: list.value as PanelPlace } }));
  return [label, list];
}
