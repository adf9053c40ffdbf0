import type { Commands, OpenNotebook } from "../jupyterlab.ts";

const RUN_ALL = /^(notebook:run-all-cells|runmenu:run-all)$/;

interface Shell {
  readonly currentWidget: Partial<OpenNotebook> | null;
}

/**
 * Run All that is pressed while the kernel starts waits for it, where JupyterLab drops it; and the page stays where its
 * reader was, where JupyterLab goes to the last cell.
 */
export function mendRunAll(commands: Commands, shell: Shell): void {
  const execute = commands.execute.bind(commands);
  commands.execute = async (command, options) => {
    const notebook = RUN_ALL.test(command) ? shell.currentWidget : null;
    await notebook?.sessionContext?.ready;
    const { content } = notebook ?? {};
    const scroller = content?.node.querySelector(".jp-WindowedPanel-outer") ?? content?.node;
    const [top, cell] = [scroller?.scrollTop, content?.activeCellIndex];
    try {
      return await execute(command, options);
    } finally {
      if (content && cell !== undefined) content.activeCellIndex = cell;
      if (scroller && top !== undefined) scroller.scrollTop = top;
    }
  };
}
