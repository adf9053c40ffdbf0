/** The line below a chart that says what is at its crosshair. */
export interface Readout {
  readonly node: HTMLElement;
  show(text: string): void;
  /** What Vega calls where it would show a tooltip. */
  readonly tooltip: (handler: unknown, event: unknown, item: unknown, value: unknown) => void;
}

export function createReadout(chart: HTMLElement): Readout {
  const node = document.createElement("div");
  node.className = "tickbook-readout";
  node.hidden = true;
  // whoever does not see the chart walks along it by the keys, and hears each bar
  node.setAttribute("aria-hidden", "true");
  chart.append(node);
  const put = (parts: readonly (Node | string)[]): void => node.replaceChildren(...parts);
  return {
    node,
    show: (text) => put([text]),
    tooltip: (_handler, _event, _item, value) => put(partsOf(value)),
  };
}

/** Names, and what they stand for, as Vega-Lite writes them for a tooltip. */
function partsOf(value: unknown): (Node | string)[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "object") return [String(value)];
  return Object.entries(value).flatMap(([name, text]) => {
    const said = document.createElement("b");
    said.textContent = String(text);
    return [`${name} `, said, "   "];
  });
}
