import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { quote, refuse } from "../../../core/errors.ts";

const END = "</body>\n</html>\n";
const SEAL = /<script type="application\/json" id="seal">"([0-9a-f]{64})"<\/script>\n<\/body>\n<\/html>\n$/;
const MOST_BYTES = 200_000_000;

/** The page with its own fingerprint at its end: what is changed or cut off later is seen. No signature: whoever means to can make a new one. */
export function sealPage(html: string): string {
  const body = html.slice(0, -END.length);
  return `${body}<script type="application/json" id="seal">"${sha256(body)}"</script>\n${END}`;
}

/** A page that was read again. */
export interface SealedPage {
  readonly html: string;
  /** `"whole"`: as it was made; `"changed"`: the seal does not fit; `"unsealed"`: its end is missing, or it never had one. */
  readonly state: "whole" | "changed" | "unsealed";
}

/** Reads a page and holds it against its seal. Line ends may have been changed on the way. Nothing in it is run. */
export function readSealedPage(path: string): SealedPage {
  const html = readText(path).replaceAll("\r\n", "\n");
  const match = SEAL.exec(html.slice(-200));
  if (match === null) return { html, state: "unsealed" };
  const body = html.slice(0, -match[0].length);
  return { html, state: sha256(body) === match[1] ? "whole" : "changed" };
}

/** The JSON of one element of a page by its id; undefined: there is none, or it can't be read. */
export function attachmentOf(html: string, id: string): unknown {
  const open = `<script type="application/json" id="${id}">`;
  const from = html.indexOf(open);
  const to = html.indexOf("</script>", from);
  if (from < 0 || to < 0) return undefined;
  try {
    return JSON.parse(html.slice(from + open.length, to));
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size <= MOST_BYTES) return readFileSync(path, "utf8");
    return refuse({
      code: "too-large",
      where: basename(path),
      problem: `needs a report, which has up to ${MOST_BYTES / 1e6} MB; got ${Math.round(size / 1e6)} MB`,
      hint: "Pass the HTML file that npm run report made.",
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    return refuse({
      code: "cannot-read",
      where: basename(path),
      problem: `needs a file that can be read; ${quote(path)} gave ${code}`,
      hint: "Pass the HTML file that npm run report made.",
      facts: { path, code },
    });
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
