import os from "node:os";

const lookEveryMs = 500;

// A test that waits for a timer or a process leaves its core idle: while a quarter of one is, another test may begin.
const idleEnough = 0.25;
const mostACore = 3;

/**
 * Runs jobs side by side: one a core, and more while the cores are idle; of those that are `isAlone` one at a time,
 * whatever runs beside it. Returns their results in the order in which they ended; once `isOver`, no job begins.
 */
export function sideBySide(jobs, isOver, machine = { cores: os.availableParallelism(), idleCores }) {
  const waiting = [...jobs];
  const running = new Set();
  const results = [];
  return new Promise((resolve, reject) => {
    const beginNext = () => {
      const isTaken = [...running].some(({ isAlone }) => isAlone);
      const next = waiting.findIndex(({ isAlone }) => !(isAlone && isTaken));
      if (next < 0) return;
      const [job] = waiting.splice(next, 1);
      running.add(job);
      job.run().then((result) => {
        running.delete(job);
        results.push(result);
        fill();
      }, fail);
    };
    const fill = () => {
      if (isOver()) waiting.length = 0;
      while (running.size < machine.cores && waiting.length > 0) {
        const before = running.size;
        beginNext();
        if (running.size === before) break;
      }
      if (waiting.length > 0 || running.size > 0) return;
      clearInterval(timer);
      resolve(results);
    };
    const fail = (error) => {
      clearInterval(timer);
      reject(error);
    };
    const idle = machine.idleCores();
    const timer = setInterval(() => {
      if (idle() >= idleEnough && running.size < mostACore * machine.cores && !isOver()) beginNext();
    }, lookEveryMs);
    fill();
  });
}

/** Tells at each call how many cores were idle on average since the last one. */
function idleCores() {
  const look = () => {
    let idle = 0;
    let all = 0;
    for (const { times } of os.cpus()) {
      idle += times.idle;
      all += times.user + times.nice + times.sys + times.irq + times.idle;
    }
    return { idle, all };
  };
  let last = look();
  return () => {
    const now = look();
    const share = now.all === last.all ? 0 : (now.idle - last.idle) / (now.all - last.all);
    last = now;
    return share * os.cpus().length;
  };
}
