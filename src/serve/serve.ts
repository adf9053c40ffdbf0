import { existsSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { findStore } from "../app/data/open-source.ts";
import { nearPath, projectRoot } from "../app/project.ts";
import { runCommand } from "../app/terminal/command-line.ts";
import { type Command, type Flags, numberFlag } from "../app/terminal/flags.ts";
import { stopRequest } from "../app/terminal/stop-request.ts";
import { quote, refuse } from "../core/errors.ts";
import { parseDuration } from "../core/time.ts";
import { type KernelApi, offerKernelApi } from "../notebook/page/kernel-api.ts";
import { checkReaders } from "./guard.ts";
import { createLines, type Lines } from "./lines.ts";
import { startPanels } from "./panels.ts";
import { servePage } from "./server.ts";

const COMMAND = {
  usage: "npm run serve --",
  about:
    "Shows the live panels of a pair on one page, without Jupyter: verdict, prices, candles, spread, z-score, alerts and all\n" +
    "pairs, to be read and moved along. It reads the database only, and the page changes nothing. It answers this machine\n" +
    "alone; others need --bind and a token, TICKBOOK_SERVE_TOKEN in the environment.",
  flags: {
    source: { value: "FILE", help: "the database (the one that is being filled, or the newest in data/)" },
    y: { value: "SYMBOL", help: "the symbol that is explained (the second that is collected)" },
    x: { value: "SYMBOL", help: "the symbol that explains it (the first)" },
    interval: { value: "TIME", help: "length of a bar", default: "5s" },
    window: { value: "N", help: "bars in the window of the z-score (from the half-life)" },
    threshold: { value: "Z", help: "|z| from which a bar stands out", default: "2" },
    port: { value: "N", help: "the port; 0 for one that is free", default: "8890" },
    bind: {
      value: "ADDRESS",
      help: "the address to answer at; another than this needs a token",
      default: "127.0.0.1",
    },
  },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

/** Serves the page as a program. Exit codes: 0 stopped, 2 refused. */
export async function serveMain(argv: readonly string[]): Promise<number> {
  const stop = stopRequest({ withTerminal: true });
  try {
    return await runCommand(COMMAND, argv, async ({ flags }) => {
      await serve(flags, stop.asked);
      return 0;
    });
  } finally {
    stop.done();
  }
}

async function serve(flags: Flags<Name>, stopped: Promise<unknown>): Promise<void> {
  const { y, x } = flags;
  const readers = { bind: flags.bind!, token: process.env.TICKBOOK_SERVE_TOKEN || undefined };
  const port = numberFlag("port", flags.port!, 0, 65_535);
  const threshold = numberFlag("threshold", flags.threshold!, 0.01, 100, false);
  parseDuration(flags.interval!, "--interval");
  const window = flags.window === undefined ? undefined : numberFlag("window", flags.window, 3, 100_000);
  checkReaders(readers);
  if (y !== undefined && y === x)
    refuse({
      code: "bad-flag",
      where: "--y",
      problem: `needs another symbol than --x; got ${quote(y, 60)} twice`,
      hint: "Change one.",
    });
  const source = findStore("source", flags.source);
  const lines = createLines();
  offerKernelApi(kernelWith(lines));
  startPanels({
    ...{ source, interval: flags.interval!, threshold },
    ...(y && { y }),
    ...(x && { x }),
    ...(window && { window }),
  });
  const server = await servePage({ ...readers, port, lines, files: pageFiles() });
  const host = readers.bind.includes(":") ? `[${readers.bind}]` : readers.bind;
  const token = readers.token === undefined ? "" : "?token=…";
  process.stdout.write(
    `Page: http://${host}:${server.port}/${token} (reads ${nearPath(source)}; Ctrl-C ends it)\n`,
  );
  await stopped;
  await server.close();
}

/** What panels need of a kernel, where there are no cells. */
function kernelWith({ comms }: Lines): KernelApi {
  return {
    comms,
    display: () => {},
    holdCell: (work) => void work.catch(() => {}),
    readable: (text) => text,
    onCellRerun: () => () => {},
    interruptible: (work) => work(),
  };
}

/** What the set-up has compiled for the page. */
function pageFiles(): ReadonlyMap<string, string> {
  const folder = join(projectRoot, ".tickbook", "page");
  if (!existsSync(folder))
    refuse({
      code: "not-set-up",
      where: "npm run serve",
      problem: "needs the page, which the set-up makes; it is not there",
      hint: "Start it by npm run serve, which sets up first.",
    });
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile() && /\.(js|css)$/.test(one.name))
      .map((one) => join(one.parentPath, one.name))
      .map((file) => [`/page/${relative(folder, file).split(sep).join("/")}`, file]),
  );
}
