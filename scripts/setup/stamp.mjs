import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

// A stamp lies inside the folder that it vouches for, and is written last: both come and go together,
// so a set-up that was cut off anywhere is simply not stamped.
const file = (folder) => path.join(folder, ".tickbook-stamp.json");

export function hash(...parts) {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(`${part.length}:`).update(part);
  return sum.digest("hex");
}

/** The text of a file, or an empty text where there is none. */
export function textOf(name) {
  try {
    return fs.readFileSync(name, "utf8");
  } catch {
    return "";
  }
}

/** What was noted when the folder was finished; nothing for a folder that is absent, unfinished or unreadable. */
export function readStamp(folder) {
  try {
    const stamp = JSON.parse(fs.readFileSync(file(folder), "utf8"));
    return typeof stamp === "object" && stamp !== null ? stamp : {};
  } catch {
    return {};
  }
}

export function writeStamp(folder, stamp) {
  const target = file(folder);
  fs.writeFileSync(`${target}.new`, JSON.stringify(stamp));
  fs.renameSync(`${target}.new`, target);
}

export function removeStamp(folder) {
  fs.rmSync(file(folder), { force: true });
}

/** All files under a folder whose name ends so, sorted. */
export function filesUnder(folder, ending) {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name))
    .sort();
}
