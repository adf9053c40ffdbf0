import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { TickbookError } from "../../core/errors.ts";

/** The built-in exchange in a process of its own. */
export interface ExchangeProcess {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** All that it trades. */
  readonly symbols: readonly string[];
  stop(): Promise<void>;
}

const STOP_MS = 3000;

export interface ExchangeNews {
  /** It ended by itself, with these last words. */
  died(code: number | null, said: string): void;
  /** The last trade of its tape has been sent. */
  tapeEnded(): void;
}

/** Starts `npm run exchange` with these flags; it ends with this process. */
export function startExchangeProcess(flags: readonly string[], news: ExchangeNews): Promise<ExchangeProcess> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const program = fileURLToPath(new URL(`../../../scripts/exchange.${extension}`, import.meta.url));
  const child: ChildProcess = fork(program, [...flags, "--exit-with-parent"], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // a Ctrl-C of the terminal is for us: we end it
    detached: true,
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  let stopping = false;
  return new Promise((resolve, reject) => {
    let listening = false;
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const message = JSON.parse(line) as {
        event: string;
        wsUrl: string;
        restUrl: string;
        symbols: string[];
      };
      if (message.event === "tape-ended") news.tapeEnded();
      if (message.event !== "listening") return;
      listening = true;
      resolve({
        wsUrl: message.wsUrl,
        restUrl: message.restUrl,
        symbols: message.symbols,
        stop: () =>
          new Promise((done) => {
            stopping = true;
            if (child.exitCode !== null || child.signalCode !== null) return done();
            const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
            child.once("exit", () => {
              clearTimeout(force);
              done();
            });
            child.kill("SIGTERM");
          }),
      });
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (listening) {
        if (!stopping) news.died(code, said.trim());
        return;
      }
      reject(
        new TickbookError({
          code: "exchange-failed",
          where: "built-in exchange",
          problem: said.trim().replace(/\.$/, "") || `needs to start; it ended with code ${code}`,
          hint: "See npm run exchange -- --help.",
        }),
      );
    });
  });
}
