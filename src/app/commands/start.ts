import type { TickbookError } from "../../core/errors.ts";
import { systemClock } from "../clock.ts";
import { openBrowser } from "../processes/browser.ts";
import { type Jupyter, startJupyter } from "../processes/jupyter.ts";
import { keepBeside, PUBLISH, WATCH } from "../processes/keep-beside.ts";
import { type KeptCollector, keepCollector } from "../processes/keep-collector.ts";
import { choosePort } from "../processes/ports.ts";
import { describeEnding } from "../processes/process-end.ts";
import { noteDesk, runningDesk } from "../processes/running-desk.ts";
import { nearPath, projectRoot } from "../project.ts";
import { runCommand } from "../terminal/command-line.ts";
import { openScreen, type Screen } from "../terminal/screen.ts";
import { type StopRequest, stopRequest } from "../terminal/stop-request.ts";
import {
  type CollectorPlan,
  fallBack,
  mayFallBack,
  planCollector,
  planNotebook,
  planPort,
  planPublish,
  planWatch,
  START,
  type StartFlags,
} from "./start-plan.ts";

const FIRST_PORT = 8888;

/** Runs `npm start`. Exit codes: 0 stopped, 2 refused, 3 the named exchange can't be reached, 1 JupyterLab failed. */
export async function startMain(argv: readonly string[]): Promise<number> {
  const stop = stopRequest({ withTerminal: true });
  try {
    return await runCommand(START, argv, ({ flags }) => run(flags, stop), { "jupyter-failed": 1 });
  } finally {
    stop.done();
  }
}

async function run(flags: StartFlags, stop: StopRequest): Promise<number> {
  const plan = planCollector(flags, projectRoot);
  const notebook = planNotebook(flags, projectRoot);
  const asked = planPort(flags);
  planPublish(flags, plan.db);
  const screen = openScreen(process.stdout, systemClock.monotonicMs);
  const there = flags.plain === undefined && asked === undefined ? await runningDesk(plan.db) : undefined;
  if (there !== undefined) return openRunning(there, plan.db, flags, screen);
  const port = await choosePort(asked, FIRST_PORT);

  const reached = await reach(plan, flags, screen, stop);
  if (typeof reached === "number") return reached;
  const { collector, environment, db } = reached;
  const watchFlags = planWatch(flags, db, projectRoot);
  const alerts = watchFlags && keepBeside(WATCH, coloured(watchFlags), screen, systemClock);
  const publishFlags = planPublish(flags, db);
  const relay = publishFlags && keepBeside(PUBLISH, publishFlags, screen, systemClock);
  let jupyter: Jupyter | undefined;
  let forget = (): void => {};
  stop.atOnce(() => {
    collector.kill();
    alerts?.kill();
    relay?.kill();
    jupyter?.kill();
  });
  try {
    screen.line("Starting JupyterLab");
    const open = (at: number): Jupyter => {
      jupyter = startJupyter({ port: at, ...notebook, desk: flags.plain === undefined, environment });
      jupyter.ready.catch(() => {});
      return jupyter;
    };
    const address = await Promise.race([openJupyter(open, port, asked), stop.asked]);
    if (address !== undefined) {
      if (flags.plain === undefined) forget = noteDesk([plan.db, db], address);
      screen.line("Ctrl-C ends JupyterLab and the collector.");
      screen.pin(`JupyterLab: ${address}`);
      if (flags["no-browser"] === undefined) openBrowser(address);
    }
    return await untilTheEnd(jupyter!, collector, screen, stop);
  } finally {
    forget();
    screen.clear();
    screen.line("Stopping");
    // The readers first: the writer that closes a database last leaves it in one file.
    await Promise.all([alerts?.stop(), jupyter?.stop()]);
    await collector.stop();
    // what the collector committed last goes out, too
    await relay?.stop();
  }
}

/** A second start on a database that is collected opens the desk that is there. */
function openRunning(address: string, db: string, flags: StartFlags, screen: Screen): number {
  screen.line(`A desk on ${nearPath(db)} runs already; to start it with other flags, end that one first.`);
  screen.line(`JupyterLab: ${address}`);
  if (flags["no-browser"] === undefined) openBrowser(address);
  return 0;
}

/** Its address. Where another program, a second npm start for example, comes first to a port that nobody asked for, the next one is tried. */
async function openJupyter(
  open: (port: number) => Jupyter,
  port: number,
  asked: number | undefined,
): Promise<string> {
  try {
    return await open(port).ready;
  } catch (error) {
    if (asked !== undefined || (error as TickbookError).code !== "port-taken") throw error;
    return openJupyter(open, await choosePort(undefined, port + 1), asked);
  }
}

interface Reached {
  readonly collector: KeptCollector;
  readonly environment: Readonly<Record<string, string>>;
  readonly db: string;
}

/** What the watch prints goes through a pipe: whether it ends on a terminal only we know. */
function coloured(flags: readonly string[]): string[] {
  return process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === ""
    ? [...flags, "--colour", "always"]
    : [...flags];
}

/** Starts the collector and waits for its exchange; where that can't be reached, the built-in one takes its place. A number is an exit code. */
async function reach(
  plan: CollectorPlan,
  flags: StartFlags,
  screen: Screen,
  stop: StopRequest,
): Promise<Reached | number> {
  screen.line(`Starting the collector: ${plan.what} into ${nearPath(plan.db)}`);
  const collector = keepCollector(plan.flags, screen, systemClock);
  stop.atOnce(() => collector.kill());
  const news = await Promise.race([collector.first, stop.asked]);
  if (news === undefined) {
    await collector.stop();
    return 0;
  }
  if (news === "started") return { collector, environment: plan.environment, db: plan.db };
  if (news.unreachable && mayFallBack(flags, plan)) {
    screen.line(news.reason);
    screen.line(
      "Binance can't be reached from here: going on with the built-in exchange (--venue sim). Its trades are simulated.",
    );
    return reach(fallBack(flags, plan), flags, screen, stop);
  }
  process.stderr.write(`${news.reason}\n`);
  return news.unreachable ? 3 : 2;
}

async function untilTheEnd(
  jupyter: Jupyter,
  collector: KeptCollector,
  screen: Screen,
  stop: StopRequest,
): Promise<number> {
  const end = await Promise.race([stop.asked, jupyter.ended, collector.ended]);
  if (end === undefined) return 0;
  if ("reason" in end) {
    screen.clear();
    process.stderr.write(`${end.reason}\n`);
    return 2;
  }
  if (end.code === 0) {
    screen.line("JupyterLab was shut down.");
    return 0;
  }
  screen.clear();
  process.stderr.write(`JupyterLab: ended with ${describeEnding(end)}. Run npm start again.\n`);
  return 1;
}
