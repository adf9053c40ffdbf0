import { readFile } from "node:fs/promises";
import { quote, refuse } from "../../core/errors.ts";
import type { OpenFile } from "../files/tables/open-file.ts";

/** Compares a file with the line `<sha256>  <name>` of the `FILE.CHECKSUM` beside it, which some need. */
export async function checkSum({ path, name }: OpenFile, sha256: string, isNeeded: boolean): Promise<void> {
  const text = await readFile(`${path}.CHECKSUM`, "utf8").catch(() => undefined);
  if (text === undefined) {
    if (!isNeeded) return;
    refuse({
      code: "no-checksum",
      where: name,
      problem: `needs ${name}.CHECKSUM beside it; there is none`,
      hint: "Download it, too, from the same place; or say --no-checksum.",
    });
  }
  const [, sum, of] = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(text.slice(0, 1000)) ?? [];
  if (sum === undefined || of?.normalize("NFC") !== name.normalize("NFC")) {
    refuse({
      code: "bad-checksum",
      where: `${name}.CHECKSUM`,
      problem: `needs one line with the SHA-256 of ${quote(name)}; got ${quote(text, 100)}`,
      hint: "Download both files again. Nothing was imported.",
    });
  }
  if (sum.toLowerCase() === sha256) return;
  refuse({
    code: "checksum-mismatch",
    where: name,
    problem: `needs the content that its check sum states; SHA-256 should be ${sum.toLowerCase()} and is ${sha256}`,
    hint: "Download both files again. Nothing was imported.",
    facts: { expected: sum.toLowerCase(), sha256 },
  });
}

/** One of Binance's zips holds the file of its own name. */
export function checkEntry(name: string, entry: string): void {
  if (/\.csv$/i.test(entry) && entry.slice(0, -4).normalize("NFC") === name.slice(0, -4).normalize("NFC"))
    return;
  refuse({
    code: "misnamed",
    where: name,
    problem: `needs ${quote(`${name.slice(0, -4)}.csv`)} inside; it holds ${quote(entry)}`,
    hint: "Give the zip back its own name. Nothing was imported.",
    facts: { name, entry },
  });
}
