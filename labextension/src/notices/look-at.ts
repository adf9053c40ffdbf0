/** A stretch of time that a reader wants to see on the charts, ms since 1970. */
export interface Looked {
  readonly fromMs: number;
  readonly toMs: number;
}

const LOOK = "tickbook-look";

/** Moves the charts that can be seen to a time at which an alert fired, its band marked. */
export function lookAt(fromMs: number, toMs: number): void {
  document.dispatchEvent(new CustomEvent<Looked>(LOOK, { detail: { fromMs, toMs } }));
}

/** Calls back when a reader wants to see a time; the returned function ends that. */
export function listenToLooks(look: (looked: Looked) => void): () => void {
  const listener = (event: Event): void => look((event as CustomEvent<Looked>).detail);
  document.addEventListener(LOOK, listener);
  return () => document.removeEventListener(LOOK, listener);
}
