/** The unit of every time in a message: a connection or a request chooses. */
export type TimeUnit = "ms" | "us";

export function inUnit(us: number, unit: TimeUnit): number {
  return unit === "us" ? us : Math.floor(us / 1000);
}

/** Milliseconds, unless microseconds are asked for by name. */
export function readUnit(text: string | null | undefined): TimeUnit {
  return /^microsecond$/i.test(text ?? "") ? "us" : "ms";
}
