/** Where a long-running command writes: lines that stay, and on a terminal one line below them that is rewritten. */
export interface Screen {
  line(text: string): void;
  status(text: string): void;
  /** Takes the rewritten line away. */
  clear(): void;
}

/** Between two status lines where none can be rewritten. */
const PLAIN_EVERY_MS = 60_000;

export function openScreen(out: NodeJS.WriteStream, nowMs: () => number): Screen {
  const terminal = out.isTTY === true;
  const wipe = terminal ? "\r\u001b[K" : "";
  let status = "";
  let plainAt = Number.NEGATIVE_INFINITY;
  const fitted = (): string => {
    const width = Math.max(20, (out.columns || 120) - 1);
    return status.length > width ? `${status.slice(0, width - 1)}…` : status;
  };
  return {
    line: (text) => {
      out.write(`${wipe}${text}\n${terminal ? fitted() : ""}`);
    },
    status: (text) => {
      status = text;
      if (terminal) out.write(`${wipe}${fitted()}`);
      else if (nowMs() - plainAt >= PLAIN_EVERY_MS) {
        plainAt = nowMs();
        out.write(`${text}\n`);
      }
    },
    clear: () => {
      status = "";
      out.write(wipe);
    },
  };
}
