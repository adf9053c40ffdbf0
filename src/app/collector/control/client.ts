import { connect } from "node:net";
import { createInterface } from "node:readline";
import { TickbookError } from "../../../core/errors.ts";
import { controlPlace } from "./place.ts";
import type { AnswerLine } from "./server.ts";

/**
 * Asks the collector that has a database open. Undefined: none takes requests there. Throws its refusal, and `no-answer`
 * where it ended before it had answered.
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
  try {
    for await (const text of createInterface({ input: socket })) {
      const line = JSON.parse(text) as AnswerLine;
      if ("progress" in line) onProgress(line.progress);
      else if ("refused" in line) throw new TickbookError(line.refused);
      else return line;
    }
  } finally {
    socket.destroy();
  }
  throw new TickbookError({
    code: "no-answer",
    where: db,
    problem: "needs the collector's answer; it ended before it had given one",
    hint: "Look at its log, and ask again.",
  });
}
