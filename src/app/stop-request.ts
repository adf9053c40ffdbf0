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

export function stopRequest(): StopRequest {
  let kill = (): void => {};
  let resolve: (value: undefined) => void;
  const asked = new Promise<undefined>((settle) => {
    resolve = settle;
  });
  let signals = 0;
  const onSignal = (): void => {
    if (++signals > 1) {
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
