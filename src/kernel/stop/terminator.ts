import { type Debugger, type InspectorNotification, Session } from "node:inspector";

/** Ends code of a notebook that runs on the main thread where no signal reaches it: after an `await`, in an event's callback. */
export interface Terminator {
  /** Looks at what the main thread does, and ends it if that is code of the notebook which can be ended. */
  attempt(): void;
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
const ofNotebook = /^tickbook-cell-\d+$|\?tickbook=[0-9a-f]+$/;

/** `isAsked`: whether what was asked to stop runs still; what is reached later is the code of another cell. */
export function createTerminator(isAsked: () => boolean): Terminator {
  let session: Session | undefined;
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
      const frames = params.callFrames.map(({ functionName, location }) => ({
        name: functionName,
        url: urls.get(location.scriptId) ?? "",
      }));
      // a module that is loaded half would never be loaded: the loader ends first
      const innermost = frames.find(({ url }) => ofNotebook.test(url) || ofLoader.test(url));
      const isNotebooks = innermost !== undefined && ofNotebook.test(innermost.url);
      const nodes = frames.find(
        ({ name, url }) => name === betweenCallbacks || timerLoops.has(name) || ofTimers.test(url),
      );
      if (isAsked() && isNotebooks && (nodes === undefined || nodes.name === betweenCallbacks))
        opened.post("Runtime.terminateExecution");
      opened.post("Debugger.resume");
    });
    opened.post("Debugger.enable");
    return opened;
  };

  return {
    attempt: () => {
      session ??= open();
      session.post("Debugger.pause");
    },
    leave: () => {
      if (session === undefined) return;
      // a pause that was asked for and not reached yet must not stop what runs next
      session.post("Debugger.disable");
      session.disconnect();
      session = undefined;
      urls.clear();
    },
  };
}
