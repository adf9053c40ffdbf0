import { quote } from "../../../core/errors.ts";
import { formatUtc } from "../../../core/time.ts";
import type { Origin } from "../../../pipeline/store/file/origin.ts";
import type { Upgrade } from "../../../pipeline/store/file/schema.ts";
import type { AppendResult } from "../../../pipeline/store/write/writer.ts";
import { bytesText, spanText } from "../../doctor/words.ts";
import type { Log } from "../../terminal/log.ts";

/** What the collector says about its writer. */
export interface WriterNews {
  committed(counts: AppendResult["symbols"]): void;
  blocked(code: string, reason: string): void;
  walLarge(bytes: number): void;
  neglected(reason: string): void;
  failed(error: Error): void;
  queueFull(waiting: number): void;
  upgrading(upgrade: Upgrade): void;
  migrated(backup: string): void;
  opened(origin: Origin): void;
  /** Why nothing is stored at the moment; empty: all is well. */
  trouble(): string;
}

export function writerNews(symbols: readonly string[], log: Log): WriterNews {
  let blocked = "";
  let failure: Error | undefined;
  return {
    committed: (counts) => {
      for (const [s, { conflicts, regressed }] of counts.entries()) {
        const symbol = symbols[s]!;
        if (conflicts > 0) {
          const message = `${symbol}: a known id came again with another content; the first is kept, the other is listed in conflicts`;
          log({ level: "error", event: "conflict", symbol, message });
        }
        if (regressed > 0) {
          const message = `${symbol}: ids went back below all that this database holds; such trades are not stored. If the exchange was reset, pass another --db`;
          log({ level: "error", event: "ids-went-back", symbol, message });
        }
      }
      if (blocked !== "") log({ level: "info", event: "storing-again", message: "storing again" });
      blocked = "";
    },
    blocked: (code, reason) => {
      blocked = `${reason} (${code})`;
      const message = `not storing: ${blocked}; trades wait in memory and are tried again every second`;
      log({ level: "error", event: "not-storing", code, message });
    },
    walLarge: (bytes) => {
      const message = `the write-ahead log has ${Math.round(bytes / 2 ** 20)} MB: a reader holds an old state of the database; close the notebook or program that reads it`;
      log({ level: "warn", event: "wal-large", bytes, message });
    },
    neglected: (reason) => {
      log({ level: "warn", event: "neglected", message: `${reason}; it is tried again later` });
    },
    failed: (error) => {
      failure = error;
      log({ level: "error", event: "writer-failed", message: quote(error.message) });
    },
    queueFull: (waiting) => {
      const message = `${waiting} trades wait for the disk: reading pauses`;
      log({ level: "warn", event: "queue-full", message });
    },
    upgrading: ({ from, to, bytes, seconds }) => {
      const message = `the database is of schema version ${from}: it is copied first, which takes ${bytesText(bytes)} of room and about ${spanText(Math.max(1, seconds) * 1e6)}, and then brought to version ${to}; what is traded meanwhile is fetched afterwards`;
      log({ level: "warn", event: "upgrading", from, to, bytes, seconds, message });
    },
    migrated: (backup) => {
      const message = `the database was of an older version: it is up to date now, and a copy of it as it was is ${backup}`;
      log({ level: "warn", event: "migrated", message });
    },
    opened: (origin) => {
      if (origin.kind === "backup") {
        const message = `this file is a backup of ${formatUtc(origin.madeUs)}: what has come since is fetched as far as the exchange has it`;
        log({ level: "info", event: "restored", message });
      }
      if (origin.kind === "copy") {
        const message =
          "this file is a plain copy, or was moved from another disk: what was in the write-ahead log beside the original may be missing, and becomes a hole; npm run backup makes a copy that is whole";
        log({ level: "warn", event: "plain-copy", message });
      }
    },
    trouble: () => failure?.message ?? blocked,
  };
}
