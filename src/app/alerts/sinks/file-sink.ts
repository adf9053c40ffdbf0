import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { makeFolder } from "../../../pipeline/store/file/folder.ts";
import { alertJson } from "./alert-json.ts";
import type { AlertSink } from "./sink.ts";

export interface FileSinkSettings {
  readonly path: string;
  /** Which history the ids are of. */
  readonly history: number;
  /** The file is moved aside at this size … */
  readonly mostBytes?: number;
  /** … and this many old ones are kept. */
  readonly keep?: number;
}

/** As "a+"; a pipe that nobody reads must not hold up the watching. */
const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/**
 * Writes told events as lines of JSON. After a kill it goes on behind its last whole line, so that each event stands there
 * once. A full disk or a missing folder loses events, which are counted, until it can be written again.
 */
export function fileSink({
  path: given,
  history,
  mostBytes = 16 << 20,
  keep = 3,
}: FileSinkSettings): AlertSink {
  const path = resolve(given);
  let file: number | undefined;
  let lastId = 0;
  let dropped = 0;
  let reason = "";

  const open = (): number => {
    if (file !== undefined) return file;
    makeFolder(dirname(path));
    file = openSync(path, APPEND);
    lastId = Math.max(lastId, cutToWholeLines(file, history));
    return file;
  };
  const shut = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const rotate = (): void => {
    shut();
    for (let i = keep - 1; i >= 0; i--) {
      try {
        renameSync(i === 0 ? path : `${path}.${i}`, `${path}.${i + 1}`);
      } catch {
        // not that many yet
      }
    }
  };
  return {
    name: `file ${path}`,
    send: (records, done) => {
      for (const record of records) {
        try {
          const to = open();
          if (record.id > lastId) {
            if (fstatSync(to).size > mostBytes) rotate();
            appendFileSync(open(), `${JSON.stringify(alertJson(record, history))}\n`);
            lastId = record.id;
          }
          reason = "";
        } catch (error) {
          dropped++;
          reason = (error as { code?: string }).code ?? "unwritable";
          try {
            shut();
          } catch {
            file = undefined;
          }
        }
        done(record.id);
      }
    },
    trouble: () => (dropped === 0 ? "" : `file: ${dropped} lost${reason && ` (${reason})`}`),
    close: async () => shut(),
  };
}

/** Takes a line away that a kill has torn; the id on the last whole one, 0 where it is of another history or none. */
function cutToWholeLines(file: number, history: number): number {
  const { size } = fstatSync(file);
  const tail = Buffer.alloc(Math.min(size, 1 << 16));
  readSync(file, tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf(10) + 1;
  if (end < tail.length) ftruncateSync(file, size - tail.length + end);
  const last =
    tail
      .toString("utf8", 0, Math.max(0, end - 1))
      .split("\n")
      .at(-1) ?? "";
  try {
    const [made, id] = String((JSON.parse(last) as { id?: unknown }).id)
      .split("-")
      .map(Number);
    return made === history && Number.isSafeInteger(id) ? id! : 0;
  } catch {
    return 0;
  }
}
