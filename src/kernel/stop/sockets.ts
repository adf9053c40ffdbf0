import type { Publisher, Reply, Router } from "zeromq";
import { TickbookError } from "../../core/errors.ts";
import type { Connection } from "./thread-messages.ts";

type Channel = "shell" | "iopub" | "control" | "stdin" | "hb";
type Socket = Router | Publisher | Reply;

const closing = new Set<() => void>();

/** Calls `close` before this thread ends. */
export function closeAtEnd(close: () => void): void {
  closing.add(close);
}

/** Closes what is open in this thread: zeromq aborts the process where a socket is open when its thread ends. */
export function closeAll(): void {
  for (const close of closing) close();
  closing.clear();
}

/** Opens the ports of Jupyter's channels, all or none; refuses one that another program holds. */
export async function bindAll(
  connection: Connection,
  sockets: Readonly<Partial<Record<Channel, Socket>>>,
): Promise<void> {
  const { transport, ip } = connection;
  const binds = Object.entries(sockets).map(async ([channel, socket]) => {
    closeAtEnd(() => socket.close());
    const port = connection[`${channel as Channel}_port`];
    try {
      // over "ipc" the ip is the beginning of a file's name
      await socket.bind(`${transport}://${ip}${transport === "ipc" ? "-" : ":"}${port}`);
    } catch (problem) {
      throw new TickbookError({
        code: "kernel-port",
        where: "tickbook kernel",
        problem: `port ${port} of ${ip} is needed for Jupyter's channel ${channel}; it cannot be opened (${(problem as Error).message})`,
        hint: "Another program may have taken it. JupyterLab starts the kernel again on other ports; where it does not, shut the kernel down and start it again.",
        facts: { channel, ip, port },
      });
    }
  });
  const failed = (await Promise.allSettled(binds)).find(({ status }) => status === "rejected");
  if (failed) throw (failed as PromiseRejectedResult).reason;
}
