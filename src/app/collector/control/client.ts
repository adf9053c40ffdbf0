import { connect } from "node:net";
import { createInterface } from "node:readline";
import { TickbookError } from "../../../core/errors.ts";
import { controlPlace } from "./place.ts";
import type { AnswerLine } from "./server.ts";

/** It takes a request at once, however long the answer takes. */
const TAKEN_MS = 10_000;

/**
 * Asks the collector that has a database open. Undefined: none takes requests there. Throws its refusal, `no-answer` where
 * it ended before it had answered, and `stands-still` where it is there and takes nothing.
 */
export async function askCollector(
  db: string,
  request: { readonly do: string } & Readonly<Record<string, unknown>>,
  onProgress: (facts: unknown) => void = () => {},
): Promise<{ readonly result: unknown } | undefined> {
  const place = controlPlace(db);
  if (place === undefined) return undefined;
  const socket = connect(place);
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
  });
  if (!isOpen) return undefined;
  socket.on("error", () => socket.destroy());
  socket.write(`${JSON.stringify(request)}\n`);
  const lines = createInterface({ input: socket });
  socket.on("close", () => lines.close());
  lines.on("error", () => lines.close());
  let standsStill = false;
  const late = setTimeout(() => {
    standsStill = true;
    socket.destroy();
  }, TAKEN_MS);
  try {
    for await (const text of lines) {
      clearTimeout(late);
      const line = JSON.parse(text) as AnswerLine;
      if ("taken" in line) continue;
      if ("progress" in line) onProgress(line.progress);
      else if ("refused" in line) throw new TickbookError(line.refused);
      else return line;
    }
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
  if (standsStill)
    throw new TickbookError({
      code: "stands-still",
      where: db,
      problem: `needs its collector to take the request; it is there and has taken none for ${TAKEN_MS / 1000} s: it was stopped (Ctrl-Z, SIGSTOP), or has no processor time`,
      hint: "Let it go on (fg, kill -CONT), or end it.",
    });
  throw new TickbookError({
    code: "no-answer",
    where: db,
    problem: "needs the collector's answer; it ended before it had given one",
    hint: "Look at its log, and ask again.",
  });
}
