import { reasonOf } from "../../core/errors.ts";
import { handOver } from "./handed.ts";
import { FILES, type FileAnswer, type FileQuestion } from "./live-messages.ts";

/** What makes a file when it is asked for. */
export type MakeFile = (as: FileQuestion["as"]) => Promise<Extract<FileAnswer, { name: string }>>;

/** Keeps what makes files, so that a button in the page can ask for one. */
export function handFiles(make: MakeFile): string | undefined {
  return handOver(FILES, make, async (kept, data) => ({
    ...(await answer(kept, data.as === "html" ? "html" : "csv")),
  }));
}

async function answer(make: MakeFile | undefined, as: FileQuestion["as"]): Promise<FileAnswer> {
  if (!make) return { problem: "the kernel no longer has it: run its cell again" };
  try {
    return await make(as);
  } catch (problem) {
    return { problem: reasonOf(problem) };
  }
}
