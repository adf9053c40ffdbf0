import { join } from "node:path";
import { rulesSchema } from "../../analytics/alerts/rules/json-schema.ts";
import { quote, refuse } from "../../core/errors.ts";
import { parseDuration } from "../../core/time.ts";
import { openStore } from "../../pipeline/open-store.ts";
import { actsFile, actsReader } from "../../pipeline/store/alert-acts.ts";
import { type AlertStore, openAlertStore } from "../../pipeline/store/alert-store.ts";
import { deliverTo } from "../alerts/delivery.ts";
import { watchLoop } from "../alerts/loop.ts";
import { ruleLoader } from "../alerts/rules-file.ts";
import { fileSink } from "../alerts/sinks/file-sink.ts";
import type { AlertSink } from "../alerts/sinks/sink.ts";
import { terminalSink } from "../alerts/sinks/terminal-sink.ts";
import { WEBHOOK_FORMATS, type WebhookFormat } from "../alerts/sinks/webhook-body.ts";
import { webhookSink } from "../alerts/sinks/webhook-sink.ts";
import { watchAlerts } from "../alerts/watch.ts";
import { systemClock } from "../clock.ts";
import { findStore, folderBeside } from "../data/open-source.ts";
import { runCommand } from "../terminal/command-line.ts";
import { type Command, type Flags, numberFlag } from "../terminal/flags.ts";
import { openScreen } from "../terminal/screen.ts";
import { type StopRequest, stopRequest } from "../terminal/stop-request.ts";

const COMMAND = {
  usage: "npm run watch --",
  about:
    "Judges alert rules on the bars that a collector's trades make, and reports what fires and what is over. It reads the\n" +
    "database only, and goes on where it was stopped. Nothing is traded.",
  flags: {
    source: { value: "FILE", help: "the database (the one that is being filled, or the newest in data/)" },
    rules: {
      value: "FILE",
      help: "alert rules, as docs/alerts.md describes them (those that come with Tickbook)",
    },
    venue: {
      value: "NAME",
      help: "the venue to watch (of those with the symbols of the rules, the one that received a trade last)",
    },
    history: { value: "FILE", help: "what has happened is kept here (alerts.db beside the database)" },
    file: { value: "FILE", help: "write reported alerts there, too: a line of JSON each" },
    webhook: {
      value: "URL",
      help: "post reported alerts there, too; or in the environment: TICKBOOK_WEBHOOK",
    },
    "webhook-as": {
      value: "FORMAT",
      help: "what is posted: json, slack, discord, telegram or mail; or in the environment: TICKBOOK_WEBHOOK_AS",
    },
    "grace-ms": {
      value: "N",
      help: "a bar is judged so long after its end, in the venue's time",
      default: "250",
    },
    "catch-up": { value: "TIME", help: "after a pause, judge so much of what was missed", default: "1h" },
    "poll-ms": { value: "N", help: "how often to look for new trades", default: "100" },
    colour: { value: "WHEN", help: "auto, always or never", default: "auto" },
    "no-status": { help: "print what happens only" },
    schema: { help: "print the JSON Schema of a rule file" },
  },
  renamed: { db: "source" },
} as const satisfies Command<string>;

type Name = keyof (typeof COMMAND)["flags"];

/** Runs the watch as a program. Exit codes: 0 stopped, 2 refused. */
export async function watchMain(argv: readonly string[]): Promise<number> {
  const stop = stopRequest({ withTerminal: false });
  try {
    return await runCommand(COMMAND, argv, async ({ flags }) => {
      if (flags.schema !== "true") await watch(flags, stop);
      else process.stdout.write(`${JSON.stringify(rulesSchema(), undefined, 2)}\n`);
      return 0;
    });
  } finally {
    stop.done();
  }
}

async function watch(flags: Flags<Name>, stop: StopRequest): Promise<void> {
  const db = findStore("source", flags.source);
  const graceUs = 1000 * numberFlag("grace-ms", flags["grace-ms"]!, 0, 600_000);
  const pollMs = numberFlag("poll-ms", flags["poll-ms"]!, 10, 60_000);
  const catchUpUs = parseDuration(flags["catch-up"]!, "--catch-up");
  const hasColour = colours(flags.colour!);
  const loader = ruleLoader(flags.rules);
  const opened = openScreen(process.stdout, systemClock.monotonicMs);
  const screen = flags["no-status"] === "true" ? { ...opened, status: () => {} } : opened;
  const reader = openStore(db);
  let store: AlertStore | undefined;
  try {
    store = openAlertStore(flags.history ?? join(folderBeside(db), "alerts.db"), systemClock.nowUs());
    const kept = store;
    const delivery = deliverTo([terminalSink(screen, hasColour), ...sinksOf(flags, store.history)], store);
    try {
      await watchLoop({
        ...{ reader, venue: flags.venue, rules: loader, screen, pollMs, stop },
        begin: (series, symbols) => {
          const all = series.map(({ symbol }) => symbol);
          const rules = loader.rulesOf(all, symbols);
          const clock = systemClock;
          return watchAlerts({
            reader,
            series,
            symbols,
            rules,
            store: kept,
            delivery,
            clock,
            graceUs,
            catchUpUs,
            acts: actsReader(actsFile(db)),
          });
        },
      });
    } finally {
      await delivery.close(3000);
    }
  } finally {
    screen.clear();
    store?.close();
    reader.close();
  }
}

function sinksOf(flags: Flags<Name>, history: number): AlertSink[] {
  const { file, webhook } = flags;
  const sinks = file === undefined ? [] : [fileSink({ path: file, history })];
  const env = process.env;
  const url = webhook ?? env.TICKBOOK_WEBHOOK;
  const as = formatOf(flags["webhook-as"] ?? env.TICKBOOK_WEBHOOK_AS ?? "json");
  if (url === undefined) return sinks;
  if (webhook !== undefined && as !== "json") {
    return refuse({
      code: "bad-webhook",
      where: "--webhook",
      problem: `needs an address that is no secret: every program of this machine can read a flag; whoever knows the one of ${as} can write there`,
      hint: "Set TICKBOOK_WEBHOOK in the environment instead.",
    });
  }
  const token = env.TICKBOOK_WEBHOOK_TOKEN;
  const mail = { from: env.TICKBOOK_MAIL_FROM, to: env.TICKBOOK_MAIL_TO };
  return [
    ...sinks,
    webhookSink({ url, as, mail, history, clock: systemClock, ...(token !== undefined && { token }) }),
  ];
}

function formatOf(name: string): WebhookFormat {
  const format = WEBHOOK_FORMATS.find((one) => one === name);
  if (format !== undefined) return format;
  return refuse({
    code: "bad-flag",
    where: "--webhook-as",
    problem: `needs one of ${WEBHOOK_FORMATS.join(", ")}; got ${quote(name, 20)}`,
    hint: "Leave it out for json.",
  });
}

function colours(when: string): boolean {
  if (when === "always") return true;
  if (when === "never") return false;
  if (when === "auto") return process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "";
  return refuse({
    code: "bad-flag",
    where: "--colour",
    problem: "needs auto, always or never",
    hint: "Leave it out for auto.",
  });
}
