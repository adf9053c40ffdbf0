import { type Debugger, type InspectorNotification, Session } from "node:inspector";
import { ENDED } from "./thread-messages.ts";

/** Pauses the main thread between two of its statements to end there what was asked to stop, and never inside an add-on. */
export interface Terminator {
  /** Asks for a pause; there it is ended, if it can be. */
  attempt(): void;
  /** How many attempts in a row have not come to a pause: what runs has no statements, as a search by a regular expression. */
  unreached(): number;
  /** The main thread answers again. */
  leave(): void;
}

/**
 * Node's own loops keep books of the callback that they call: they must come back from it. Not so of what awaits, which
 * they run between two callbacks: there their books are in order, and Node calls them again.
 */
const timerLoops = new Set(["listOnTimeout", "processTimers", "processImmediate"]);
const ofTimers = /^node:internal\/timers$/;
const betweenCallbacks = "runNextTicks";
const ofLoader = /^node:internal\/modules\//;
/** Node ends the process where a hook does not return; every callback runs under its trampoline, once there are hooks. */
const ofHooks = /^node:internal\/async_hooks$/;
const aroundCallbacks = "callbackTrampoline";
/**
 * What Node does after an error that nobody catches. Under hooks the callback of a promise that is ended would leave its
 * id behind, and Node ends the process where it finds one.
 */
const forgetAsyncIds = `process._fatalException?.(Symbol.for("${ENDED}"))`;
/** Under them a signal ends what runs; outside Node has taken the listeners of signals away, and the process would end. */
const inReach = new Set(["slot.run", "prepareStackTraceCallback"]);
const ofNotebook = /^tickbook-cell-\d+$|\?tickbook=[0-9a-f]+$/;

/** Statements that an add-on's own JavaScript or a hook, and its return to the notebook, may take. */
const mostSteps = 100;

export interface TerminatorOptions {
  /** Whether what was asked to stop runs still; what is reached later is the code of another cell. */
  readonly isAsked: () => boolean;
  /** Whether an add-on is under what runs. */
  readonly isNative: () => boolean;
  /** Ends what runs by a signal, if that may be a run which one reaches; returns whether it may. */
  readonly signal: () => boolean;
}

export function createTerminator({ isAsked, isNative, signal }: TerminatorOptions): Terminator {
  let session: Session | undefined;
  let unreached = 0;
  let steps = 0;
  const urls = new Map<string, string>();

  const open = (): Session => {
    const opened = new Session();
    opened.connectToMainThread();
    opened.on(
      "Debugger.scriptParsed",
      ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) => {
        urls.set(params.scriptId, params.url);
      },
    );
    opened.on("Debugger.paused", ({ params }: InspectorNotification<Debugger.PausedEventDataType>) => {
      unreached = 0;
      if (isAsked()) {
        const step = isNative() ? "stepInto" : isHook(params.callFrames) ? "stepOut" : undefined;
        if (step === undefined) end(opened, params.callFrames);
        else if (steps++ < mostSteps) {
          opened.post(`Debugger.${step}`);
          return;
        }
      }
      opened.post("Debugger.resume");
    });
    opened.post("Debugger.enable");
    return opened;
  };

  const isHook = (callFrames: readonly Debugger.CallFrame[]): boolean =>
    callFrames.some(
      ({ functionName, location }) =>
        functionName !== aroundCallbacks && ofHooks.test(urls.get(location.scriptId) ?? ""),
    );

  const end = (opened: Session, callFrames: readonly Debugger.CallFrame[]): void => {
    const isInReach = callFrames.some(({ functionName }) => inReach.has(functionName));
    if ((isInReach && signal()) || !isTerminable(callFrames)) return;
    opened.post("Runtime.evaluate", { expression: forgetAsyncIds, silent: true });
    opened.post("Runtime.terminateExecution");
  };

  /** Whether V8 may end it: code of the notebook, where Node's own code above it bears that. */
  const isTerminable = (callFrames: readonly Debugger.CallFrame[]): boolean => {
    const frames = callFrames.map(({ functionName, location }) => ({
      name: functionName,
      url: urls.get(location.scriptId) ?? "",
    }));
    // a module that is loaded half would never be loaded: the loader ends first
    const innermost = frames.find(({ url }) => ofNotebook.test(url) || ofLoader.test(url));
    const isNotebooks = innermost !== undefined && ofNotebook.test(innermost.url);
    const nodes = frames.find(
      ({ name, url }) => name === betweenCallbacks || timerLoops.has(name) || ofTimers.test(url),
    );
    return isNotebooks && (nodes === undefined || nodes.name === betweenCallbacks);
  };

  return {
    attempt: () => {
      session ??= open();
      unreached++;
      steps = 0;
      session.post("Debugger.pause");
    },
    unreached: () => unreached,
    leave: () => {
      unreached = 0;
      if (session === undefined) return;
      // a pause that was asked for and not reached yet must not stop what runs next
      session.post("Debugger.disable");
      session.disconnect();
      session = undefined;
      urls.clear();
    },
  };
}
