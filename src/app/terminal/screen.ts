/** Where a long-running command writes: lines that stay, and on a terminal one line below them that is rewritten. */
export interface Screen {
  line(text: string): void;
  status(text: string): void;
  /** Takes the rewritten line away, and what is pinned. */
  clear(): void;
}

export interface PinnedScreen extends Screen {
  /** Stays below all others, in full; elsewhere than on a terminal it is a line. */
  pin(text: string): void;
}

/** Between two status lines where none can be rewritten. */
const PLAIN_EVERY_MS = 60_000;

export function openScreen(out: NodeJS.WriteStream, nowMs: () => number): PinnedScreen {
  const terminal = out.isTTY === true;
  let status = "";
  let pinned = "";
  /** Lines that the cursor stands below the first of those that are rewritten. */
  let below = 0;
  let plainAt = Number.NEGATIVE_INFINITY;
  const columns = (): number => out.columns || 120;
  const fitted = (): string => {
    const width = Math.max(20, columns() - 1);
    return status.length > width ? `${status.slice(0, width - 1)}…` : status;
  };
  const wipe = (): string => (terminal ? `\r${below > 0 ? `\u001b[${below}A` : ""}\u001b[J` : "");
  const foot = (): string => {
    if (!terminal) return "";
    const lines = [fitted(), pinned].filter((line) => line !== "");
    const rows = lines.map((line) => Math.max(1, Math.ceil(line.length / columns())));
    below = rows.length === 0 ? 0 : rows.reduce((sum, one) => sum + one, 0) - 1;
    return lines.join("\n");
  };
  return {
    line: (text) => {
      out.write(`${wipe()}${text}\n${foot()}`);
    },
    status: (text) => {
      status = text;
      if (terminal) out.write(`${wipe()}${foot()}`);
      else if (nowMs() - plainAt >= PLAIN_EVERY_MS) {
        plainAt = nowMs();
        out.write(`${text}\n`);
      }
    },
    pin: (text) => {
      pinned = text;
      out.write(terminal ? `${wipe()}${foot()}` : `${text}\n`);
    },
    clear: () => {
      out.write(wipe());
      [status, pinned, below] = ["", "", 0];
    },
  };
}
