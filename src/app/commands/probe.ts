import { writeFileSync } from "node:fs";
import { refuse } from "../../core/errors.ts";
import { formatUtc, parseDuration } from "../../core/time.ts";
import { httpGet } from "../../pipeline/net/http.ts";
import { useProxy } from "../../pipeline/net/proxy.ts";
import { openSocket } from "../../pipeline/net/socket.ts";
import { BINANCE_HOSTS, checkSymbolForm, type Host } from "../../pipeline/venues/binance/info.ts";
import { systemClock } from "../clock.ts";
import { observe } from "../probe/observe.ts";
import { judgeAll, probeFile, probeText } from "../probe/probe.ts";
import { runCommand, type Typed } from "../terminal/command-line.ts";
import { type Command, type Flags, listFlag, numberFlag } from "../terminal/flags.ts";
import { stopRequest } from "../terminal/stop-request.ts";
import { defaultSymbols } from "./venue-flags.ts";

const COMMAND = {
  usage: "npm run probe --",
  about:
    "Looks at an exchange for ten minutes and prints of each assumption that the collector rests on whether it held, was broken,\n" +
    "or could not be seen; the same as a file, with samples, that can be sent to us. It stores and orders nothing.\n" +
    "Ends with 0: nothing broken; 1: something is; 2: refused; 3: the exchange could not be reached.",
  flags: {
    symbols: { value: "A,B", help: "symbols to look at", default: defaultSymbols("binance") },
    duration: { value: "TIME", help: "how long", default: "10m" },
    out: { value: "FILE", help: "the file (probe-<time>.json)" },
    "ws-url": { value: "URL", help: "another address for the streams, with --rest-url" },
    "rest-url": { value: "URL", help: "another address for REST, with --ws-url" },
    "market-data-only": {
      help: "Binance's hosts for market data only, which are reachable from more places",
    },
    pace: {
      value: "X",
      help: "of a rehearsal: how many times faster than real the exchange's time runs",
      default: "1",
    },
  },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

const UNREACHABLE = 3;

/** Runs the probe as a program. Exit codes: 0 nothing broken, 1 something is, 2 refused, 3 unreachable. */
export async function probeMain(argv: readonly string[]): Promise<number> {
  const stop = stopRequest({ withTerminal: true });
  const stopping = new AbortController();
  void stop.asked.then(() => stopping.abort());
  try {
    return await runCommand(COMMAND, argv, (typed) => probe(typed, stopping.signal));
  } finally {
    stop.done();
  }
}

async function probe({ flags, teller }: Typed<Name>, signal: AbortSignal): Promise<number> {
  useProxy(process.env);
  const symbols = listFlag(flags.symbols!);
  for (const symbol of symbols) checkSymbolForm(symbol);
  const lookMs = parseDuration(flags.duration!, "--duration") / 1000;
  const pace = numberFlag("pace", flags.pace!, 1, 1000, false);
  const host = hostOf(flags);
  const sinceMs = systemClock.monotonicMs();
  const ticker = setInterval(() => {
    const done = systemClock.monotonicMs() - sinceMs;
    teller.progress({ of: host.wsUrl, phase: "looking", done, total: lookMs });
  }, 1000);
  const seen = await observe({
    host,
    symbols,
    lookMs,
    pace,
    clock: systemClock,
    get: httpGet({ deadlineMs: 15_000, maxBytes: 32 << 20, stop: signal }),
    openSocket,
    signal,
  }).finally(() => clearInterval(ticker));
  const judged = judgeAll(seen);
  const nowUs = systemClock.nowUs();
  const stamp = formatUtc(Math.floor(nowUs / 1e6) * 1e6).replace(/[-:]/g, "");
  const out = flags.out ?? `probe-${stamp}.json`;
  writeFileSync(out, `${JSON.stringify(probeFile(seen, judged, nowUs), undefined, 1)}\n`);
  teller.say(`${probeText(judged)}\nWritten to ${out}.`, { event: "probed", out, judged });
  if (!seen.opened && Object.values(seen.answers).every(({ status }) => status === 0)) return UNREACHABLE;
  return judged.some(({ verdict }) => verdict === "broken") ? 1 : 0;
}

function hostOf(flags: Flags<Name>): Host {
  const [wsUrl, restUrl] = [flags["ws-url"], flags["rest-url"]];
  if (wsUrl === undefined && restUrl === undefined)
    return BINANCE_HOSTS[flags["market-data-only"] === "true" ? 1 : 0]!;
  if (wsUrl === undefined || restUrl === undefined || !URL.canParse(wsUrl) || !URL.canParse(restUrl))
    refuse({
      code: "bad-flag",
      where: "--ws-url",
      problem: `needs --ws-url and --rest-url, two addresses; got ${wsUrl ?? "none"} and ${restUrl ?? "none"}`,
      hint: "Pass for example --ws-url ws://127.0.0.1:9443 --rest-url http://127.0.0.1:9443.",
    });
  return { wsUrl, restUrl };
}
