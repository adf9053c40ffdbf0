import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Clock } from "../../../core/time.ts";
import { bytesText, spanText } from "../../doctor/words.ts";
import type { Log } from "../../terminal/log.ts";
import type { ArchivePlan } from "./schedule.ts";

/** What a trade takes, measured, with its part of the ledger. */
const BYTES_STORED = 66;
const BYTES_ARCHIVED = 12;
const DAY_US = 86_400e6;
const FEW_DAYS = 7;
/** The pace is that of so long. */
const FIRST_MS = 600_000;
const EVERY_MS = 86_400_000;
const EVERY_FEW_MS = 6 * 3_600_000;

export interface RoomFacts {
  readonly freeBytes: number;
  readonly tradesPerDay: number;
  readonly archive?: ArchivePlan | undefined;
}

/** How many days the disk lasts at this pace (`Infinity`: for good), and that as a sentence. Undefined: nothing comes. */
export function roomOf({
  freeBytes,
  tradesPerDay,
  archive,
}: RoomFacts): { readonly days: number; readonly message: string } | undefined {
  if (!(tradesPerDay > 0)) return undefined;
  const { archiveAfterUs = Number.POSITIVE_INFINITY, keepUs = Number.POSITIVE_INFINITY } = archive ?? {};
  // a day is archived whole, so that one more is in the database
  const [storedDays, keptDays] = [archiveAfterUs / DAY_US + 1, keepUs / DAY_US + 1];
  const [perStored, perArchived] = [tradesPerDay * BYTES_STORED, tradesPerDay * BYTES_ARCHIVED];
  const free = bytesText(freeBytes);
  const inDatabase = perStored * storedDays;
  if (Number.isNaN(freeBytes)) return undefined;
  const inAll = inDatabase + perArchived * (keptDays - storedDays);
  if (inAll <= freeBytes)
    return {
      days: Number.POSITIVE_INFINITY,
      message: `the disk has ${free} left; what is kept takes no more than ${bytesText(inAll)} at this pace`,
    };
  const days =
    freeBytes <= inDatabase
      ? freeBytes / perStored
      : Math.max(storedDays, (freeBytes - inDatabase) / perArchived);
  const daily = bytesText(days > storedDays ? perArchived : perStored);
  const bound =
    archive?.keepUs === undefined ? "; --archive-after 7d --keep 30d would bound what is kept" : "";
  return {
    days,
    message: `the disk has room for about ${spanText(days * DAY_US)} at this pace (${free} left, ${daily} a day)${bound}`,
  };
}

/** Says how long the disk lasts: ten minutes after the start and each day, and more often where it is not long. Returns what ends it. */
export function watchRoom(
  db: string,
  archive: ArchivePlan | undefined,
  stored: () => number,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): () => void {
  let before = { stored: stored(), atMs: clock.monotonicMs() };
  const look = (): void => {
    const now = { stored: stored(), atMs: clock.monotonicMs() };
    const tradesPerDay = ((now.stored - before.stored) * 86_400e3) / (now.atMs - before.atMs);
    before = now;
    const room = roomOf({ freeBytes: freeBytes(db), tradesPerDay, archive });
    const isShort = room !== undefined && room.days < FEW_DAYS;
    if (room !== undefined)
      log({ level: isShort ? "warn" : "info", event: "room", days: room.days, message: room.message });
    cancel = clock.after(isShort ? EVERY_FEW_MS : EVERY_MS, look);
  };
  let cancel = clock.after(FIRST_MS, look);
  return () => cancel();
}

/** NaN where the system does not say. */
function freeBytes(db: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(resolve(db)));
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}
