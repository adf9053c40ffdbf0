import type { Observations } from "./observe.ts";

/** `not seen`: nothing came by which it could be judged. */
export type Verdict = "held" | "broken" | "not seen";

/** Something about an exchange that the collector rests on. */
export interface Assumption {
  readonly id: string;
  /** What is assumed, as a sentence without its full stop. */
  readonly says: string;
  /** How it stands, and by what that is told. */
  readonly judge: (seen: Facts) => { readonly verdict: Verdict; readonly detail: string };
}

type Row = Readonly<Record<string, unknown>>;

/** What was observed, read: still nothing is judged. */
export interface Facts {
  readonly seen: Observations;
  /** Events of the stream that look like trades, in the order in which they came. */
  readonly trades: readonly {
    readonly event: Row;
    readonly stream: unknown;
    readonly wrapped: boolean;
    readonly atMs: number;
  }[];
  /** Answers to control messages, by id. */
  readonly replies: ReadonlyMap<unknown, Row>;
  /** Whatever else came as text. */
  readonly others: readonly string[];
  /** Bodies of REST. */
  readonly json: (question: keyof Observations["answers"]) => unknown;
  /** A body that is a list of objects; undefined where it is none, or was not asked for. */
  readonly rows: (question: keyof Observations["answers"]) => readonly Row[] | undefined;
}

export function factsOf(seen: Observations): Facts {
  const trades: Facts["trades"][number][] = [];
  const replies = new Map<unknown, Row>();
  const others: string[] = [];
  for (const { text, atMs } of seen.frames) {
    const message = parsed(text);
    const data = isRow(message) && isRow(message.data) ? message.data : undefined;
    const event = data ?? message;
    if (isRow(event) && ("t" in event || event.e === "trade"))
      trades.push({
        event,
        stream: isRow(message) ? message.stream : undefined,
        wrapped: data !== undefined,
        atMs,
      });
    else if (isRow(message) && ("result" in message || "error" in message || "code" in message))
      replies.set(message.id, message);
    else others.push(text);
  }
  const json: Facts["json"] = (question) => {
    const answer = seen.answers[question];
    return answer === undefined ? undefined : parsed(answer.body);
  };
  const rows: Facts["rows"] = (question) => {
    const value = json(question);
    return seen.answers[question]?.status === 200 && Array.isArray(value) && value.every(isRow)
      ? value
      : undefined;
  };
  return { seen, trades, replies, others, json, rows };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Held by all of what came, broken by the first that does not fit, not seen where nothing came. */
export function everyOne<One>(
  all: readonly One[],
  fits: (one: One, i: number) => boolean,
  what: (one: One) => unknown,
): ReturnType<Assumption["judge"]> {
  if (all.length === 0) return { verdict: "not seen", detail: "nothing came by which it could be judged" };
  const misfits = all.filter((one, i) => !fits(one, i));
  if (misfits.length === 0) return { verdict: "held", detail: `${all.length} of ${all.length}` };
  const sample = JSON.stringify(what(misfits[0]!)) ?? "nothing";
  return {
    verdict: "broken",
    detail: `${misfits.length} of ${all.length} do not, the first: ${sample.slice(0, 300)}`,
  };
}

export function oneThing(value: boolean | undefined, detail: unknown): ReturnType<Assumption["judge"]> {
  const text = typeof detail === "string" ? detail : (JSON.stringify(detail) ?? "nothing");
  if (value === undefined) return { verdict: "not seen", detail: text.slice(0, 300) };
  return { verdict: value ? "held" : "broken", detail: text.slice(0, 300) };
}
