import type { AlertRecord, AlertStore } from "../../pipeline/store/alert-store.ts";
import type { AlertSink } from "./sinks/sink.ts";

/** Hands told events to the sinks, and remembers in the history what each of them has had. */
export interface Delivery {
  /** `shown`: so many of them the terminal has had already. */
  send(records: readonly AlertRecord[], shown?: number): void;
  /** To the terminal alone: what has no history yet, and what is held back. */
  show(records: readonly AlertRecord[]): void;
  /** Writes down what was delivered since. */
  note(): void;
  troubles(): string[];
  close(graceMs: number): Promise<void>;
}

/** Events of an earlier run that a sink has not had are sent to it first, this many at the most. */
const MOST_UNDELIVERED = 1000;

export function deliverTo(sinks: readonly AlertSink[], store: AlertStore): Delivery {
  const delivered = new Map<string, number>();
  const handOn = (sink: AlertSink, records: readonly AlertRecord[]): void => {
    if (records.length > 0) sink.send(records, (id) => void delivered.set(sink.name, id));
  };
  const note = (): void => {
    try {
      for (const [name, id] of delivered) store.delivered(name, id);
      delivered.clear();
    } catch (error) {
      // a history that can't be written is told of by whoever writes events
      if ((error as { code?: string }).code?.startsWith("SQLITE_") !== true) throw error;
    }
  };
  for (const sink of sinks) handOn(sink, store.undelivered(sink.name, MOST_UNDELIVERED));
  return {
    send: (records, shown = 0) => {
      const sent = records.filter(({ delivery }) => delivery === "sent");
      for (const sink of sinks) handOn(sink, isTerminal(sink) ? sent.slice(shown) : sent);
    },
    show: (records) => sinks.find(isTerminal)?.send(records, () => {}),
    note,
    troubles: () => sinks.map((sink) => sink.trouble()),
    close: async (graceMs) => {
      await Promise.all(sinks.map((sink) => sink.close(graceMs)));
      note();
    },
  };
}

function isTerminal({ name }: AlertSink): boolean {
  return name === "terminal";
}
