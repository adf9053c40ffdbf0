import { TickbookError } from "../../core/errors.ts";
import { startProgram } from "./child-program.ts";

/** The built-in exchange in a process of its own. */
export interface ExchangeProcess {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** All that it trades. */
  readonly symbols: readonly string[];
  stop(): Promise<void>;
}

const GRACE_MS = 3000;

export interface ExchangeNews {
  /** It ended by itself, with these last words. */
  died(code: number | null, said: string): void;
  /** The last trade of its tape has been sent. */
  tapeEnded(): void;
}

/** Starts `npm run exchange` with these flags; it ends with this process. */
export function startExchangeProcess(flags: readonly string[], news: ExchangeNews): Promise<ExchangeProcess> {
  return new Promise((resolve, reject) => {
    let isListening = false;
    let isStopping = false;
    const child = startProgram(
      "exchange",
      [...flags, "--exit-with-parent"],
      { graceMs: GRACE_MS },
      (line) => {
        const { event, wsUrl, restUrl, symbols } = JSON.parse(line) as {
          event: string;
          wsUrl: string;
          restUrl: string;
          symbols: string[];
        };
        if (event === "tape-ended") news.tapeEnded();
        if (event !== "listening") return;
        isListening = true;
        resolve({
          wsUrl,
          restUrl,
          symbols,
          stop: () => {
            isStopping = true;
            return child.stop();
          },
        });
      },
    );
    void child.ended.then(({ code }) => {
      if (!isListening) reject(failed(code, child.lastWords()));
      else if (!isStopping) news.died(code, child.lastWords());
    });
  });
}

function failed(code: number | null, said: string): TickbookError {
  return new TickbookError({
    code: "exchange-failed",
    where: "built-in exchange",
    problem: said.replace(/\.$/, "") || `needs to start; it ended with code ${code}`,
    hint: "See npm run exchange -- --help.",
  });
}
