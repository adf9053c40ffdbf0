import type { Clock } from "../../core/time.ts";

/** Whatever is drawn at the same intervals is drawn together, so that all of it shows one state. */
export interface Ticks {
  /** Draws with all of the same interval from their next tick on. */
  join(refreshMs: number, drawn: Drawn): Joined;
}

export interface Drawn {
  /** Called at each tick. */
  draw(): void;
}

export interface Joined {
  /** The next tick of this interval comes at once: all that belong to it are drawn. */
  hurry(): void;
  leave(): void;
}

interface Group {
  readonly members: Set<Drawn>;
  cancel: () => void;
}

/** `together`: what one tick runs in. */
export function createTicks(clock: Clock, together: (work: () => void) => void): Ticks {
  const groups = new Map<number, Group>();

  const tick = (refreshMs: number, group: Group): void => {
    const startedMs = clock.monotonicMs();
    together(() => {
      for (const member of [...group.members]) member.draw();
    });
    if (group.members.size === 0) return;
    // those that are missed are skipped
    const tookMs = clock.monotonicMs() - startedMs;
    wait(refreshMs, group, refreshMs - (tookMs % refreshMs));
  };
  const wait = (refreshMs: number, group: Group, delayMs: number): void => {
    group.cancel();
    group.cancel = clock.after(delayMs, () => tick(refreshMs, group));
  };
  return {
    join: (refreshMs, drawn) => {
      const group = groups.get(refreshMs) ?? { members: new Set(), cancel: () => {} };
      groups.set(refreshMs, group);
      if (group.members.size === 0) wait(refreshMs, group, refreshMs);
      group.members.add(drawn);
      return {
        hurry: () => wait(refreshMs, group, 0),
        leave: () => {
          group.members.delete(drawn);
          if (group.members.size > 0 || groups.get(refreshMs) !== group) return;
          group.cancel();
          groups.delete(refreshMs);
        },
      };
    },
  };
}
