import { readFileSync, statSync } from "node:fs";
import { quote, refuse, TickbookError } from "../../../core/errors.ts";
import type { Clock } from "../../../core/time.ts";
import { COLLECT, type CollectFlag, type CollectFlags } from "./flags.ts";

const MOST_BYTES = 1 << 20;

/** The flags of a command line with those of its `--config` file; a flag of both with two values can mean either. */
export function withConfig(flags: CollectFlags): CollectFlags {
  const { config } = flags;
  if (config === undefined) return flags;
  const file = readConfig(config);
  for (const [name, value] of Object.entries(file) as [CollectFlag, string][]) {
    const given = flags[name];
    if (given !== undefined && given !== value)
      refuse({
        code: "bad-flag",
        where: `--${name}`,
        problem: `needs one value; got ${quote(given, 60)} here and ${quote(value, 60)} in ${config}`,
        hint: "Leave one out.",
      });
  }
  return { ...file, ...flags };
}

/** A configuration file as the flags that it stands for: `{ "symbols": ["BTCUSDT", "*EUR"], "archive-after": "7d", "quiet": true }`. */
export function readConfig(path: string): CollectFlags {
  const value = parsed(path);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return bad(path, `needs an object of flags; got ${quote(value, 60)}`);
  const known = Object.keys(COLLECT.flags).filter((name) => name !== "config");
  const entries = Object.entries(value).flatMap(([name, given]): [string, string][] => {
    if (!known.includes(name))
      return bad(
        path,
        `needs flags of npm run collect, such as ${known.slice(1, 4).join(", ")}; got ${quote(name, 60)}`,
      );
    const text = flagText(path, name as CollectFlag, given);
    return text === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(entries) as CollectFlags;
}

function parsed(path: string): unknown {
  let text: string;
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) return bad(path, "needs a file; there is none");
    if (size > MOST_BYTES) return bad(path, `needs less than 1 MB; it has ${size} bytes`);
    // some editors begin a file with a mark of its encoding
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof TickbookError) throw error;
    return bad(path, `needs a file that can be read; the system says ${quote((error as Error).message)}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    return bad(path, `needs JSON; ${(error as Error).message}`);
  }
}

/** What would be written after a flag; undefined: a switch that is off. */
function flagText(path: string, name: CollectFlag, given: unknown): string | undefined {
  const isSwitch = !("value" in COLLECT.flags[name]);
  if (isSwitch && typeof given === "boolean") return given ? "true" : undefined;
  if (!isSwitch && typeof given === "number" && Number.isFinite(given)) return String(given);
  if (!isSwitch && typeof given === "string") return given;
  if (name === "symbols" && Array.isArray(given) && given.every((one) => typeof one === "string"))
    return given.join(",");
  const wanted = isSwitch ? "true or false" : name === "symbols" ? "a text, or a list of texts" : "a text";
  return bad(path, `needs ${wanted} as ${name}; got ${quote(given, 60)}`);
}

function bad(path: string, problem: string): never {
  refuse({ code: "bad-config", where: path, problem, hint: "See npm run collect -- --help." });
}

const LOOK_MS = 1000;

/** Tells when a file has been changed and stands still again, with what it says or what is wrong with it. Returns what ends that. */
export function watchConfig(
  path: string,
  clock: Clock,
  changed: (flags: CollectFlags | TickbookError) => void,
): () => void {
  let settled = stampOf(path);
  let seen = settled;
  const look = (): void => {
    cancel = clock.after(LOOK_MS, look);
    const before = seen;
    seen = stampOf(path);
    // one that is being written is left alone; one that is gone may be about to be replaced
    if (seen === settled || seen !== before || seen === "none") return;
    settled = seen;
    try {
      changed(readConfig(path));
    } catch (error) {
      if (!(error instanceof TickbookError)) throw error;
      changed(error);
    }
  };
  let cancel = clock.after(LOOK_MS, look);
  return () => cancel();
}

function stampOf(path: string): string {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? "none" : [stat.ino, stat.size, stat.mtimeMs].join(" ");
  } catch (error) {
    return `unreadable: ${(error as NodeJS.ErrnoException).code}`;
  }
}
