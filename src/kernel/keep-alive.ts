import { flushCompileCache } from "node:module";
import { TickbookError } from "../core/errors.ts";
import { closeAll } from "./stop/sockets.ts";
import { ENDED } from "./stop/thread-messages.ts";

/** Ends the kernel; what cells find as `process.exit` does not. */
export const exitKernel = (code?: number): never => {
  flushCompileCache();
  closeAll();
  Object.assign(process, { reallyExit });
  return exit(code);
};
const exit: (code?: number) => never = process.exit.bind(process);
const { reallyExit } = process as unknown as { reallyExit: (code: number) => never };

/** Nothing that a cell or a package of it throws or calls ends the kernel and loses the variables of the notebook. */
export function keepAlive(report: (error: unknown) => void): void {
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
  // stays when a package takes every listener away
  process.setUncaughtExceptionCaptureCallback((error) => {
    if ((error as unknown) !== Symbol.for(ENDED)) report(error);
  });
  const refusing = (name: string) => (): never => {
    throw new TickbookError({
      code: "kernel-exit",
      where: name,
      problem: "it would end the kernel, and every variable of the notebook with it; it was not done",
      hint: "Leave a function with return or throw; to end the kernel, use Kernel > Shut Down in JupyterLab.",
    });
  };
  process.exit = refusing("process.exit");
  process.abort = refusing("process.abort");
  Object.assign(process, { reallyExit: refusing("process.reallyExit") });
  for (const name of ["freeze", "seal", "preventExtensions"] as const) {
    const original: (given: unknown) => unknown = Object[name];
    // Node itself could not go on
    const kept = (given: unknown): unknown =>
      given === process || given === globalThis ? refuseFreezing(name) : original(given);
    Object.defineProperty(Object, name, { value: kept });
  }
  const { kill } = process;
  process.kill = (pid, signal) => {
    const harmless = signal === 0 || signal === "SIGINT" || signal === 2;
    return pid !== process.pid || harmless ? kill.call(process, pid, signal) : refusing("process.kill")();
  };
}

function refuseFreezing(name: string): never {
  throw new TickbookError({
    code: "kernel-frozen",
    where: `Object.${name}`,
    problem: "process and globalThis must stay open: Node and later cells add to them; it was not done",
    hint: "Freeze an object of your own.",
  });
}
