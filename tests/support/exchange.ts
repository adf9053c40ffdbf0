import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { projectRoot } from "./project.ts";

/** The built-in exchange in a process of its own. */
export interface ExchangeProcess {
  /** Flags with which a collector reaches it. */
  readonly flags: readonly string[];
  readonly restUrl: string;
  /** Resolves when a tape has been played to its end. */
  readonly tapeEnded: Promise<void>;
  stop(): Promise<void>;
}

export async function startExchangeProcess(
  t: Pick<TestContext, "after">,
  flags: readonly string[],
): Promise<ExchangeProcess> {
  const child = spawn(process.execPath, [join(projectRoot, "scripts", "exchange.ts"), ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  let ended = (): void => {};
  const tapeEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const { wsUrl, restUrl } = await new Promise<{ wsUrl: string; restUrl: string }>((resolve, reject) => {
    child.on("exit", (code) => reject(new Error(`the exchange ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = JSON.parse(line) as { event: string; wsUrl: string; restUrl: string };
      if (message.event === "listening") resolve(message);
      if (message.event === "tape-ended") ended();
    });
  });
  return {
    flags: ["--ws-url", wsUrl, "--rest-url", restUrl],
    restUrl,
    tapeEnded,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}
