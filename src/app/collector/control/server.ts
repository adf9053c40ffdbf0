import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { quote, TickbookError } from "../../../core/errors.ts";
import type { Clock } from "../../../core/time.ts";
import { inode } from "../../../pipeline/store/file/open.ts";
import { systemClock } from "../../clock.ts";
import type { Log } from "../../terminal/log.ts";
import { controlPlace } from "./place.ts";

export type Request = Readonly<Record<string, unknown>>;

/** What a running collector does when it is asked, by name; what it returns is the answer, what it throws the refusal. */
export type Requests = Readonly<
  Record<string, (request: Request, progress: (facts: unknown) => void) => Promise<unknown>>
>;

/** A line of the answer: that the request is taken, progress, as often as there is some, then the result or the refusal. */
export type AnswerLine =
  | { readonly taken: true }
  | { readonly progress: unknown }
  | { readonly result: unknown }
  | {
      readonly refused: {
        readonly code: string;
        readonly where: string;
        readonly problem: string;
        readonly hint: string;
      };
    };

const MOST_BYTES = 1 << 20;
const MOST_CLIENTS = 16;
/** Whoever connects asks at once. */
const ASK_MS = 5000;

/** The socket is looked after so often. */
const LOOK_MS = 5000;

/**
 * Takes requests to a running collector by a socket in the folder of its database, which only its own user may open: a line
 * of JSON with `do`, answered by lines of JSON. The database's lock is held, so that a socket which lies there is a dead
 * one's. Where there can be none, or it is deleted, that is said and it is opened when it can be; the collector goes on
 * without. Returns what closes it.
 */
export async function openControl(
  db: string,
  requests: Requests,
  log: Log,
  clock: Clock = systemClock,
): Promise<() => Promise<void>> {
  const place = controlPlace(db);
  const sayNone = (reason: string): void => {
    const message = `requests to this collector (npm run control) can't be taken: ${reason}; it goes on without`;
    log({ level: "warn", event: "no-control", message });
  };
  if (place === undefined) {
    sayNone("the path of the database is too long for a socket beside it");
    return async () => {};
  }
  const sockets = new Set<Socket>();
  const connected = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (sockets.size > MOST_CLIENTS) socket.destroy();
    else serve(socket, requests);
  };
  let server: Server | undefined;
  let opened: bigint | undefined;
  let trouble = "";
  const open = async (): Promise<void> => {
    const next = createServer(connected);
    try {
      await listen(next, place);
      next.on("error", () => {});
      server = next;
      opened = inode(place);
      if (trouble !== "")
        log({ level: "info", event: "control", message: "requests to this collector are taken again" });
      trouble = "";
    } catch (error) {
      const reason = `the system says ${quote((error as Error).message)}`;
      if (reason !== trouble) sayNone(reason);
      trouble = reason;
    }
  };
  let isOver = false;
  let cancel = (): void => {};
  const look = async (): Promise<void> => {
    if (server !== undefined && process.platform !== "win32" && !isThere(place, opened)) {
      trouble = "its socket was moved or deleted, and a new one is made";
      sayNone(trouble);
      // what it is asked already is answered
      server.close();
      server = undefined;
    }
    if (server === undefined) await open();
    if (isOver) server?.close();
    else cancel = clock.after(LOOK_MS, () => void look());
  };
  await look();
  return async () => {
    isOver = true;
    cancel();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
  };
}

function isThere(place: string, opened: bigint | undefined): boolean {
  try {
    return inode(place) === opened;
  } catch {
    // not to be known at the moment
    return true;
  }
}

/** The socket is its user's alone from the moment it is there. */
function listen(server: Server, place: string): Promise<void> {
  const isFile = process.platform !== "win32";
  if (isFile) rmSync(place, { force: true });
  const before = process.umask(0o177);
  try {
    return new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(place, () => {
        server.off("error", reject);
        try {
          if (isFile) chmodSync(place, 0o600);
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  } finally {
    process.umask(before);
  }
}

function serve(socket: Socket, requests: Requests): void {
  const say = (line: AnswerLine): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(line)}\n`);
  };
  let bytes = 0;
  let isAsked = false;
  const late = setTimeout(() => socket.destroy(), ASK_MS);
  socket.on("close", () => clearTimeout(late));
  socket.on("data", (data) => {
    bytes += data.length;
    if (bytes > MOST_BYTES) socket.destroy();
  });
  const lines = createInterface({ input: socket });
  // whoever asked may be gone before the answer: readline tells its own listeners of that as well
  lines.on("error", () => socket.destroy());
  lines.on("line", (line) => {
    if (isAsked) return;
    isAsked = true;
    clearTimeout(late);
    say({ taken: true });
    void answer(line, requests, (facts) => say({ progress: facts })).then((last) => {
      say(last);
      socket.end();
    });
  });
}

async function answer(
  line: string,
  requests: Requests,
  progress: (facts: unknown) => void,
): Promise<AnswerLine> {
  try {
    const request = JSON.parse(line) as Request;
    const name = typeof request?.do === "string" ? request.do : "";
    if (!Object.hasOwn(requests, name))
      return bad(`needs one of ${Object.keys(requests).join(", ")}; got ${quote(name, 60)}`);
    return { result: (await requests[name]!(request, progress)) ?? null };
  } catch (error) {
    if (error instanceof SyntaxError) return bad("needs a line of JSON");
    if (!(error instanceof TickbookError))
      return bad(`met a defect of this program: ${quote(String(error))}`);
    const { code, where, problem, hint } = error;
    return { refused: { code, where, problem, hint } };
  }
}

function bad(problem: string): AnswerLine {
  return { refused: { code: "bad-request", where: "request", problem, hint: "Use npm run control." } };
}
