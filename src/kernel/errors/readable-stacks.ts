import { ownNames } from "./failures.ts";

/** A frame of a stack as V8 writes it: indent, name, file, line, column. */
const frame =
  /^([ \t]*)at (?:async (?=[^()\n]*$))?(?:(.*?) \()?((?:file:|node:|\/|[A-Za-z]:\\|tickbook-cell-)[^()\n]*?):(\d+):(\d+)\)?(,| \{|)$/gm;
/** How the kernel runs a cell. */
const wrapper = /^[ \t]*at new Promise \(<anonymous>\)(,| \{|)$/gm;

/** Frames of a reader's own code in his own terms: the cell or file with its line; undefined leaves the frame out. */
export type FrameText = (file: string, line: number, column: number) => string | undefined;

/** Text with its stacks as a reader of the notebook needs them: frames of the kernel, of tslab and of Node are left out. */
export function readableStacks(text: string, frameText: FrameText): string {
  if (!/^[ \t]*at .*:\d+:\d+\)?(,| \{)?$/m.test(text)) return text;
  // what `inspect` writes behind the last frame stays
  const shown = text
    .replace(wrapper, `${dropped}$1`)
    .replace(frame, (_whole, indent: string, name: string | undefined, file: string, ...rest: string[]) => {
      const [line, column, behind] = rest;
      const where = frameText(file, Number(line), Number(column));
      if (where === undefined) return `${dropped}${behind}`;
      const named =
        name === undefined || name === "" || /^(async )?eval\b|^(async )?$/.test(name)
          ? ""
          : `${ownNames(name)} `;
      return `${indent}at ${named ? `${named}(${where})` : where}${behind}`;
    });
  return shown.replaceAll(`\n${dropped}`, "").replaceAll(`${dropped}\n`, "").replaceAll(dropped, "");
}

const dropped = "\u0000dropped frame\u0000";
