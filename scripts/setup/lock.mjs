import fs from "node:fs";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const beatMs = 1_000;
const silentMs = 15_000;

/**
 * Does the work while no other process does: the lock is a file that its holder touches every second.
 * It is taken over when its holder is gone, or has not touched it for 15 seconds while we looked.
 */
export async function withLock(file, work, onWait = () => {}) {
  const mine = JSON.stringify({ pid: process.pid, host: os.hostname(), at: Date.now() });
  let waiting = false;
  let seen = { text: "", touched: 0, since: 0 };
  while (!create(file, mine)) {
    const other = look(file);
    if (other === undefined) continue;
    if (other.text !== seen.text || other.touched !== seen.touched)
      seen = { ...other, since: performance.now() };
    if (holderIsGone(other.text) || performance.now() - seen.since > silentMs) {
      takeAway(file, other.text);
      continue;
    }
    if (!waiting) onWait(holderOf(other.text));
    waiting = true;
    await sleep(200);
  }
  const beat = setInterval(() => touch(file), beatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (look(file)?.text === mine) fs.rmSync(file, { force: true });
  }
}

function create(file, text) {
  try {
    fs.writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function look(file) {
  try {
    return { text: fs.readFileSync(file, "utf8"), touched: fs.statSync(file).mtimeMs };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function touch(file) {
  try {
    fs.utimesSync(file, new Date(), new Date());
  } catch {
    // taken away by hand; the work goes on
  }
}

function holderOf(text) {
  try {
    return JSON.parse(text).pid;
  } catch {
    return undefined;
  }
}

function holderIsGone(text) {
  let holder;
  try {
    holder = JSON.parse(text);
  } catch {
    return false;
  }
  if (holder === null || holder.host !== os.hostname() || !Number.isInteger(holder.pid)) return false;
  return holder.pid === process.pid || isGone(holder.pid);
}

/** Whether there is no such process on this machine. */
export function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

// Two who saw the same dead lock must not both win: what was moved aside is looked at again, and put back if it is a new one.
function takeAway(file, expected) {
  const aside = `${file}.${process.pid}.old`;
  try {
    fs.renameSync(file, aside);
    if (fs.readFileSync(aside, "utf8") !== expected) fs.copyFileSync(aside, file, fs.constants.COPYFILE_EXCL);
  } catch {
    // another process was quicker
  }
  fs.rmSync(aside, { force: true });
}
