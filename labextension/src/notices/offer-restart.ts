import type { Commands, DocumentContext, KernelMessage } from "../jupyterlab.ts";

/** How the kernel begins to say that it cannot end what runs. */
const cannotStop = /^stop: what runs is native code/m;

/** Where the stop button could not stop a notebook's kernel, offers to restart it. */
export function offerRestart(commands: Commands, { sessionContext }: DocumentContext): void {
  sessionContext.iopubMessage.connect((_, { header, content }: KernelMessage) => {
    if (header.msg_type !== "stream" || !cannotStop.test(content.text ?? "")) return;
    void commands.execute("apputils:notify", {
      message:
        "This cell is in a call that cannot be stopped. Wait for it, or restart the kernel, which forgets all variables.",
      type: "warning",
      options: {
        autoClose: false,
        actions: [{ label: "Restart kernel", commandId: "notebook:restart-kernel", displayType: "warn" }],
      },
    });
  });
}
