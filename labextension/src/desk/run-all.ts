import type { Commands, NotebookContent, OpenNotebook } from "../jupyterlab.ts";

const RUN_ALL = /^(notebook:run-all-cells|runmenu:run-all)$/;

interface Shell {
  readonly currentWidget: Partial<OpenNotebook> | null;
}

/** Run All that is pressed while the kernel starts waits for it, where JupyterLab drops it; and the page stays where its reader is. */
export function mendRunAll(commands: Commands, shell: Shell): void {
  const execute = commands.execute.bind(commands);
  commands.execute = async (command, options) => {
    const notebook = RUN_ALL.test(command) ? shell.currentWidget : null;
    await notebook?.sessionContext?.ready;
    const run = (): Promise<unknown> => execute(command, options);
    return notebook?.content ? inPlace(notebook.content, run) : run();
  };
}

const HANDS = ["wheel", "keydown", "pointerdown", "touchmove"] as const;
/** By then the charts of the last cell are drawn. */
const DRAWN_MS = 3_000;
let endLast = (): void => {};

/**
 * Runs all cells and leaves the page where it is, where JupyterLab goes to the last cell at once. While cells run, outputs
 * above may grow: the cell at the top of the page stays there until its reader moves.
 */
export async function inPlace<T>(content: NotebookContent, run: () => Promise<T>): Promise<T> {
  const scroller = content.node.querySelector<HTMLElement>(".jp-WindowedPanel-outer") ?? content.node;
  const active = content.activeCellIndex;
  const anchor = topCell(content.node, scroller);
  const own = content.scrollToItem;
  const back = (): void => {
    content.scrollToItem = own;
    content.activeCellIndex = active;
  };
  content.scrollToItem = async () => back();
  let moved = false;
  const onHand = (): void => {
    moved = true;
  };
  for (const hand of HANDS) scroller.addEventListener(hand, onHand, { passive: true });
  const stay = (): void => {
    if (anchor && !moved && anchor.cell.isConnected && scroller.clientHeight > 0)
      scroller.scrollTop += offset(anchor.cell, scroller) - anchor.offset;
  };
  const grown = new ResizeObserver(stay);
  for (const cell of content.node.querySelectorAll(".jp-Cell")) grown.observe(cell);
  // JupyterLab moves the list of cells a frame after one has grown
  const listed = new MutationObserver(stay);
  for (const list of content.node.querySelectorAll(".jp-WindowedPanel-inner, .jp-WindowedPanel-viewport"))
    listed.observe(list, { attributeFilter: ["style"] });
  let frame = requestAnimationFrame(function next() {
    stay();
    frame = requestAnimationFrame(next);
  });
  const end = (): void => {
    cancelAnimationFrame(frame);
    grown.disconnect();
    listed.disconnect();
    for (const hand of HANDS) scroller.removeEventListener(hand, onHand);
  };
  endLast();
  endLast = end;
  try {
    return await run();
  } finally {
    if (content.scrollToItem !== own) back();
    stay();
    setTimeout(end, DRAWN_MS);
  }
}

/** The first cell in view, and how far below the page's top it begins; undefined where nothing is in view, as in a tab behind another. */
function topCell(
  node: HTMLElement,
  scroller: HTMLElement,
): { readonly cell: HTMLElement; readonly offset: number } | undefined {
  const top = scroller.getBoundingClientRect().top;
  const cells = [...node.querySelectorAll<HTMLElement>(".jp-Cell")];
  const cell = cells.find((one) => one.getBoundingClientRect().bottom > top);
  return cell && { cell, offset: offset(cell, scroller) };
}

function offset(cell: HTMLElement, scroller: HTMLElement): number {
  return cell.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}
