/** The wish that a long-running command should end. */
export interface StopRequest {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP, and when the process that started us is gone. */
  readonly asked: Promise<undefined>;
  /** What a second signal does before it ends the process. */
  atOnce(kill: () => void): void;
  /** Takes the listeners off again. */
  done(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One Ctrl-C may arrive twice: from the terminal, and handed on by npm. */
const SAME_MS = 300;

export function stopRequest(): StopRequest {
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
  for (const signal of SIGNALS) process.on(signal, onSignal);
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
      process.off("disconnect", onOrphaned);
    },
  };
}
