/** Where a fault strikes. */
export type FaultPlace = "message" | "connection" | "handshake" | "control" | "rest" | "exchange";

/** Undefined: the value is right; or what it must be. */
export type Check = (value: unknown) => string | undefined;

export function whole(low: number, high: number): Check {
  return (value) =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high
      ? undefined
      : `must be a whole number from ${low} to ${high}`;
}
const text: Check = (value) => (typeof value === "string" ? undefined : "must be a text");
export const flag: Check = (value) => (typeof value === "boolean" ? undefined : "must be true or false");
export function oneOf(...values: readonly (string | number)[]): Check {
  return (value) => (values.includes(value as string) ? undefined : `must be one of ${values.join(", ")}`);
}
const share: Check = (value) =>
  typeof value === "number" && value >= 0 && value <= 1 ? undefined : "must be a number from 0 to 1";

const DAY_MS = 86_400_000;
export const MOST: number = Number.MAX_SAFE_INTEGER;
const COUNT = whole(1, MOST);
const TIME = whole(0, 365 * DAY_MS);

export const TRIGGERS: Readonly<Record<string, Check>> = {
  after: whole(0, MOST),
  every: COUNT,
  probability: share,
  times: COUNT,
  fromMs: TIME,
  untilMs: TIME,
  afterMs: TIME,
  stream: text,
  path: text,
};

/** A setting of a fault: how it is checked, and what it is where it is left out (nothing: it must be there). */
interface Setting {
  readonly check: Check;
  readonly or?: string | number | boolean;
}

const none: Readonly<Record<string, Setting>> = {};
const retryAfterS: Setting = { check: whole(-1, 10 * DAY_MS), or: -1 };
const httpStatus: Setting = { check: whole(300, 599) };
const bytes = (or: number): Setting => ({ check: whole(1, 1 << 30), or });
const closeCode: Setting = {
  check: oneOf(1000, 1001, 1003, 1006, 1007, 1008, 1009, 1011, 1012, 1013),
  or: 1006,
};

/** Every fault there is, with its settings. docs/exchange.md says what each one does. */
export const FAULTS: Readonly<
  Record<FaultPlace, Readonly<Record<string, Readonly<Record<string, Setting>>>>>
> = {
  message: {
    drop: none,
    duplicate: none,
    conflict: none,
    swap: none,
    delay: { ms: { check: TIME } },
    set: { field: { check: text }, json: { check: text } },
    remove: { field: { check: text } },
    "shift-id": { by: { check: whole(-MOST, MOST) } },
    "other-symbol": { symbol: { check: text } },
    "other-unit": none,
    unwrap: none,
    truncate: none,
    text: { text: { check: text } },
    binary: none,
    "invalid-utf8": none,
    fragments: { count: { check: whole(2, 10_000_000), or: 100_000 } },
    oversize: { bytes: bytes(5 << 20) },
    "deflate-bomb": { bytes: bytes(64 << 20) },
    deep: { depth: { check: whole(1, 10_000_000), or: 100_000 } },
    proto: none,
  },
  connection: {
    close: { code: closeCode, reason: { check: text, or: "" } },
    reset: none,
    fin: none,
    "half-open": none,
    silent: { forMs: { check: TIME } },
    stall: { forMs: { check: TIME } },
    "no-pings": none,
    "stop-reading": none,
    shutdown: { inMs: { check: TIME } },
  },
  handshake: {
    refuse: none,
    hang: none,
    garbage: none,
    status: { status: httpStatus, retryAfterS },
  },
  control: {
    "no-ack": none,
    "late-ack": { ms: { check: TIME } },
    error: {
      shape: { check: oneOf("nested", "flat", "no-id"), or: "nested" },
      thenClose: { check: flag, or: false },
    },
  },
  rest: {
    status: { status: httpStatus, retryAfterS, body: { check: text, or: "" } },
    body: { text: { check: text } },
    html: none,
    "no-headers": none,
    hang: none,
    reset: none,
    truncate: none,
    "wrong-length": { by: { check: whole(-1000, 1_000_000), or: 100 } },
    drip: { bytesPerSecond: { check: whole(1, 1_000_000), or: 1 } },
    huge: { bytes: bytes(100 << 20) },
    "gzip-bomb": { bytes: bytes(64 << 20) },
    deep: { depth: { check: whole(1, 10_000_000), or: 100_000 } },
    empty: none,
    short: none,
    unsorted: none,
    repeat: none,
    hole: none,
    conflict: none,
    "other-unit": none,
    "other-symbol": { symbol: { check: text } },
  },
  exchange: {
    offline: { forMs: { check: TIME } },
  },
};
