import type { AlertRecord } from "../../../pipeline/store/alert-store.ts";

/** Where told events go. None of them can stop the watching: what can't be delivered is counted. */
export interface AlertSink {
  /** Under this name the history remembers what it has had. */
  readonly name: string;
  /** Takes events, oldest first; calls `done` with the id of each that is delivered or given up, in order. */
  send(records: readonly AlertRecord[], done: (id: number) => void): void;
  /** In a few words, where something is wrong; else empty. */
  trouble(): string;
  /** Waits for what is under way, `graceMs` at the most. */
  close(graceMs: number): Promise<void>;
}
