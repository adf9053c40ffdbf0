import { readFileSync } from "node:fs";

/** The wish that a long-running command should end. */
export interface StopRequest {
  /** Resolves at the first SIGINT or SIGTERM, at SIGHUP if that ends us, and when the process that started us is gone. */
  readonly asked: Promise<undefined>;
  /** What a second signal does before it ends the process. */
  atOnce(kill: () => void): void;
  /** Takes the listeners off again. */
  done(): void;
}

/** What SIGHUP means: a terminal was closed. It never means a reload. */
export interface StopSettings {
  /** A service goes on without its terminal; what is used at one ends with it, unless `nohup` has said otherwise. */
  readonly withTerminal: boolean;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** One Ctrl-C may arrive twice: from the terminal, and handed on by npm. */
const SAME_MS = 300;

export function stopRequest({ withTerminal }: StopSettings): StopRequest {
  let kill = (): void => {};
  let resolve: (value: undefined) => void;
  const asked = new Promise<undefined>((settle) => {
    resolve = settle;
  });
  let firstMs: number | undefined;
  const onSignal = (): void => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > SAME_MS) {
      kill();
      process.exit(130);
    }
    resolve(undefined);
  };
  const onOrphaned = (): void => resolve(undefined);
  const onHangup = withTerminal && !startedByNohup() ? onSignal : (): void => {};
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("SIGHUP", onHangup);
  process.on("disconnect", onOrphaned);
  process.channel?.unref();
  if (process.connected === false) onOrphaned();
  return {
    asked,
    atOnce: (action) => {
      kill = action;
    },
    done: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off("SIGHUP", onHangup);
      process.off("disconnect", onOrphaned);
    },
  };
}

/** Whether SIGHUP was ignored when this process began: Node's listener would undo that. */
function startedByNohup(): boolean {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
}
