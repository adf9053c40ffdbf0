import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { plainText, TickbookError } from "../../../core/errors.ts";
import type { DeskAddress, DeskUser } from "./address.ts";

export type Settings = Readonly<Record<string, string | number>>;

/** A connection to a server: asks it, one statement a call, and hands over the answer's bytes. */
export interface Post {
  /** Refuses with code `desk-away`, `desk-denied` or `desk-failed`. */
  (sql: string, options?: PostOptions): Promise<Uint8Array>;
  /** Lets the idle connections go. */
  close(): void;
}

export interface PostOptions {
  readonly body?: Uint8Array;
  readonly settings?: Settings;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
/** A node that a statement needs does not answer the one that was asked. */
const SHARD_AWAY = [209, 210, 279, 369, 519];
/** Too few copies take an insert, or whether they did is not known; Keeper is away. */
const COPIES_AWAY = [242, 285, 286, 319, 999];
/** Wrong password, unknown user, not allowed. */
const DENIED = [192, 193, 194, 497, 516];

/** Statements by HTTP; user and password go in headers, which no log of addresses has. */
export function openPost(address: DeskAddress, { user, password, ca }: DeskUser): Post {
  const { isSecure, host, port, database, label } = address;
  const keep = { keepAlive: true, maxSockets: 4 };
  const agent = isSecure
    ? new SecureAgent({ ...keep, ...(ca !== undefined && { ca }) })
    : new PlainAgent(keep);
  const send = isSecure ? secureRequest : plainRequest;
  const headers = { "x-clickhouse-user": user, ...(password !== "" && { "x-clickhouse-key": password }) };

  const once = (sql: string, { body, settings = {}, timeoutMs = TIMEOUT_MS }: PostOptions) =>
    new Promise<Uint8Array>((resolve, reject) => {
      const words = new URLSearchParams({ database });
      for (const [name, value] of Object.entries(settings)) words.set(name, String(value));
      // a statement with a body stands in the address, another one is the body
      const sent = body ?? Buffer.from(sql);
      if (body !== undefined) words.set("query", sql);
      const asked = send(
        {
          host,
          port,
          path: `/?${words}`,
          method: "POST",
          agent,
          headers: { ...headers, "content-length": sent.length },
        },
        (answer) => {
          collect(answer).then((bytes) => {
            if (answer.statusCode === 200) resolve(bytes);
            else reject(refusalOf(label, answer, bytes));
          }, failed);
        },
      );
      const timer = setTimeout(() => {
        asked.destroy(new Error(`no answer within ${Math.round(timeoutMs / 1000)} s`));
      }, timeoutMs);
      const failed = (error: Error): void => {
        clearTimeout(timer);
        reject(Object.assign(awayOf(label, error), { mayRepeat: asked.reusedSocket && isReset(error) }));
      };
      asked.on("error", failed);
      asked.on("close", () => clearTimeout(timer));
      asked.end(sent);
    });

  const post = async (sql: string, options: PostOptions = {}): Promise<Uint8Array> => {
    try {
      return await once(sql, options);
    } catch (error) {
      // the server had closed an idle connection just then: each of our statements may be said twice
      if ((error as { mayRepeat?: boolean }).mayRepeat !== true) throw error;
      return once(sql, options);
    }
  };
  return Object.assign(post, { close: () => agent.destroy() });
}

const isReset = (error: Error): boolean => ["ECONNRESET", "EPIPE"].includes(codeOf(error));

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? "");

async function collect(answer: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function awayOf(label: string, error: Error): TickbookError {
  // the cause of several tries lies within
  const said = codeOf(error) || plainText(error.message).slice(0, 120) || "no";
  return new TickbookError({
    code: "desk-away",
    where: label,
    problem: `needs a server that answers; the network says ${said}`,
    hint: "Start the server, or mend the address or the way to it.",
    facts: { said },
  });
}

function refusalOf(label: string, answer: IncomingMessage, bytes: Uint8Array): TickbookError {
  const text = Buffer.from(bytes.subarray(0, 2000)).toString("utf8");
  const number = Number(answer.headers["x-clickhouse-exception-code"] ?? /Code: (\d+)/.exec(text)?.[1] ?? 0);
  if (DENIED.includes(number) || answer.statusCode === 401 || answer.statusCode === 403) {
    return new TickbookError({
      code: "desk-denied",
      where: label,
      problem: `needs a user who may do this; the server says ${sayingOf(text, number)}`,
      hint: "Set TICKBOOK_DESK_USER and TICKBOOK_DESK_PASSWORD; docs/desk.md has the rights that are needed.",
      facts: { number },
    });
  }
  if (number === 0) {
    return new TickbookError({
      code: "desk-away",
      where: label,
      problem: `needs a ClickHouse server; something else answers with HTTP ${answer.statusCode}`,
      hint: "Mend the address, or look at the proxy in between.",
      facts: { status: answer.statusCode },
    });
  }
  if (SHARD_AWAY.includes(number)) {
    return new TickbookError({
      code: "shard-away",
      where: label,
      problem: `needs all shards of the cluster; one is away: ${sayingOf(text, number)}`,
      hint: "This is no hole: what is there cannot be seen now. Try again once that node is back.",
      facts: { number },
    });
  }
  if (COPIES_AWAY.includes(number)) {
    return new TickbookError({
      code: "copies-away",
      where: label,
      problem: `needs most copies of a table to take it; the server says ${sayingOf(text, number)}`,
      hint: "Look at its replicas and its Keeper; what may not be there is sent again, and counts once.",
      facts: { number },
    });
  }
  return new TickbookError({
    code: "desk-failed",
    where: label,
    problem: `needs a server that can do this; it says ${sayingOf(text, number)}`,
    hint: "Ask its operator; nothing that was published is lost by it.",
    facts: { number },
  });
}

/** The server's first sentence, without what it repeats of the statement. */
function sayingOf(text: string, number: number): string {
  const saying = /DB::Exception: ([^\n]*)/.exec(text)?.[1] ?? text.split("\n")[0] ?? "";
  const short = plainText(saying.replace(/(: While|: In scope|\. Stack trace| \(version).*$/s, "")).slice(
    0,
    200,
  );
  return `${short.replace(/[.:\s]+$/, "")} (${number})`;
}
