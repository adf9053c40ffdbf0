import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { type Refusal, refuse, TickbookError } from "../../../core/errors.ts";
import type { Venue } from "../../../core/trade.ts";
import type { ArchiveChanges } from "../archive-writer.ts";
import { archiveChanges } from "../archive-writer.ts";
import type { Hole } from "../ledger/ledger.ts";
import { outlookOf } from "./import-journal.ts";
import { type ImportTarget, type ImportWriter, importWriter } from "./import-writer.ts";
import { undoIn } from "./undo-import.ts";
import type { StoreWriter } from "./writer.ts";

/** One end of what a writer's thread lends to another thread: questions by the port, and a flag that wakes the asker. */
export interface Loan {
  readonly port: MessagePort;
  readonly flag: SharedArrayBuffer;
}

interface Question {
  readonly name: string;
  readonly args: readonly unknown[];
}

type Answer =
  | { readonly value: unknown }
  | { readonly problem: string; readonly code: string | undefined }
  | { readonly refusal: Refusal };

/** The writer may wait for its disk; so long is waited for it. */
const ANSWER_MS = 120_000;

/** What lends: the store that is open, and who wants to know of holes that a borrower's work has changed. */
export interface Lender {
  readonly store: () => StoreWriter | undefined;
  readonly noted: (venue: string, holes: readonly Hole[]) => void;
}

/** Lets another thread archive and import through this writer, each change in a transaction of its own. */
export function lend({ port, flag }: Loan, lender: Lender): void {
  const awake = new Int32Array(flag);
  const tools = toolsOf(lender);
  port.on("message", ({ name, args }: Question) => {
    let answer: Answer;
    try {
      answer = { value: tools[name]!(...(args as never[])) };
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      answer = error instanceof TickbookError ? { refusal: refusalOf(error) } : { problem: message, code };
    }
    port.postMessage(answer);
    Atomics.store(awake, 0, 1);
    Atomics.notify(awake, 0);
  });
  port.unref();
}

type Tools = Readonly<Record<string, (...args: never[]) => unknown>>;

function toolsOf({ store, noted }: Lender): Tools {
  const open = (): StoreWriter => {
    const writer = store();
    if (writer === undefined)
      refuse({
        code: "not-storing",
        where: "database",
        problem: "needs a database that its collector can write to; at the moment it can't",
        hint: "Look at the collector's log, and ask again when it stores again.",
      });
    return writer;
  };
  const change =
    (name: keyof ArchiveChanges) =>
    (...args: never[]): unknown => {
      const writer = open();
      const value = writer.together((db) =>
        (archiveChanges(db)[name] as (...given: never[]) => unknown)(...args),
      );
      // the ledger that the writer knows by heart is another one now
      if (name === "drop") writer.reread();
      return value;
    };
  let series: { readonly venue: Venue; readonly symbol: string } | undefined;
  let beside: { readonly of: StoreWriter; readonly writer: ImportWriter } | undefined;
  /** Of the store that is open now: a file that is gone is followed by another one. */
  const importing = (): ImportWriter => {
    const of = open();
    if (beside?.of !== of) {
      const { venue, symbol } = series!;
      const writer = importWriter(of.beside({ venue, symbols: [symbol] }), (holes) =>
        noted(venue.name, holes),
      );
      beside = { of, writer };
    }
    return beside.writer;
  };
  return {
    begin: change("begin"),
    release: change("release"),
    forget: change("forget"),
    drop: change("drop"),
    outlook: (...args: Parameters<ImportTarget["outlook"]>) =>
      open().together((db) => outlookOf(db, ...args)),
    open: (...[venue, symbol]: Parameters<ImportTarget["open"]>) => {
      series = { venue, symbol };
      return importing().symbolId;
    },
    compare: (...args: Parameters<ImportWriter["compare"]>) => importing().compare(...args),
    beginImport: (...args: Parameters<ImportWriter["begin"]>) => importing().begin(...args),
    put: (...args: Parameters<ImportWriter["put"]>) => importing().put(...args),
    end: (...args: Parameters<ImportWriter["end"]>) => importing().end(...args),
    undo: (...args: UndoArguments) => {
      const writer = open();
      const undone = writer.together((db) => undoIn(db, ...args));
      writer.reread();
      return undone;
    },
  };
}

type UndoArguments = Parameters<typeof undoIn> extends [unknown, ...infer Rest] ? Rest : never;

function refusalOf({ code, where, problem, hint, facts }: TickbookError): Refusal {
  return { code, where, problem, hint, facts };
}

/** Asks the other end of a loan, and waits for the answer. */
function asker({ port, flag }: Loan): (name: string, ...args: readonly unknown[]) => unknown {
  const awake = new Int32Array(flag);
  return (name, ...args) => {
    Atomics.store(awake, 0, 0);
    port.postMessage({ name, args } satisfies Question);
    Atomics.wait(awake, 0, 0, ANSWER_MS);
    const answer = receiveMessageOnPort(port)?.message as Answer | undefined;
    if (answer === undefined) throw new Error("the writer gave no answer");
    if ("refusal" in answer) throw new TickbookError(answer.refusal);
    if ("problem" in answer) throw Object.assign(new Error(answer.problem), { code: answer.code });
    return answer.value;
  };
}

/** The changes of an archive by a writer in another thread; each call waits for its answer. */
export function borrowed(loan: Loan): ArchiveChanges {
  const ask = asker(loan);
  return {
    begin: (...args) => ask("begin", ...args) as number,
    release: (...args) => void ask("release", ...args),
    forget: (...args) => void ask("forget", ...args),
    drop: (...args) => void ask("drop", ...args),
  };
}

/** Imports by a writer in another thread, while it goes on storing. */
export function borrowedTarget(loan: Loan): ImportTarget & {
  undo(...args: UndoArguments): ReturnType<typeof undoIn>;
} {
  const ask = asker(loan);
  return {
    outlook: (key) => ask("outlook", key) as ReturnType<ImportTarget["outlook"]>,
    open: (venue, symbol) => ({
      symbolId: ask("open", venue, symbol) as number,
      backup: undefined,
      compare: (sample) => ask("compare", sample) as ReturnType<ImportWriter["compare"]>,
      begin: (...args) => ask("beginImport", ...args) as ReturnType<ImportWriter["begin"]>,
      put: (...args) => void ask("put", ...args),
      end: (...args) => ask("end", ...args) as ReturnType<ImportWriter["end"]>,
      close: () => {},
    }),
    undo: (...args) => ask("undo", ...args) as ReturnType<typeof undoIn>,
  };
}
