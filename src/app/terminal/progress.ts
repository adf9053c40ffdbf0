/** How far a piece of work is. */
export interface Progress {
  /** What is worked on: a file, a day. */
  readonly of: string;
  /** What is being done to it. */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** Tells about the progress of a command. */
export interface ProgressTeller {
  progress(progress: Progress): void;
  /** Something that stays: a line of its own; for programs an object. */
  say(text: string, fields: Readonly<Record<string, unknown>>): void;
  end(): void;
}

export interface Terminal {
  readonly isTerminal: boolean;
  readonly columns: number;
  write(text: string): void;
  monotonicMs(): number;
}

const BAR = 24;
/** On a terminal the bar moves ten times a second; programs get a line every two seconds. */
const TERMINAL_MS = 100;
const LINES_MS = 2000;

/** On a terminal one line with a bar that moves, otherwise JSON lines. */
export function progressTeller(terminal: Terminal): ProgressTeller {
  const everyMs = terminal.isTerminal ? TERMINAL_MS : LINES_MS;
  // a short work is told by its result
  let lastMs = terminal.monotonicMs();
  let isDrawn = false;
  const clear = (): void => {
    if (isDrawn) terminal.write("\r\u001b[K");
    isDrawn = false;
  };
  return {
    progress: ({ of, phase, done, total }) => {
      const nowMs = terminal.monotonicMs();
      if (nowMs - lastMs < everyMs) return;
      lastMs = nowMs;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      if (!terminal.isTerminal) {
        terminal.write(`${JSON.stringify({ event: "progress", of, phase, done, total })}\n`);
        return;
      }
      const full = Math.round(share * BAR);
      const line = `${"█".repeat(full)}${"░".repeat(BAR - full)} ${String(Math.floor(share * 100)).padStart(3)} %  ${of}: ${phase}`;
      terminal.write(`\r\u001b[K${line.slice(0, Math.max(1, terminal.columns - 1))}`);
      isDrawn = true;
    },
    say: (text, fields) => {
      clear();
      terminal.write(terminal.isTerminal ? `${text}\n` : `${JSON.stringify(fields)}\n`);
    },
    end: clear,
  };
}
