import { basename, resolve } from "node:path";
import { quote, refuse, TickbookError } from "../../../core/errors.ts";
import { sourceWords } from "../../data/data-source.ts";
import { parseDescription } from "../config.ts";
import { type Difference, differences, type RunFingerprint } from "../fingerprint.ts";
import { type BacktestRun, type RunDescription, runDescribed, runFingerprint } from "../run.ts";
import { type CodeFingerprint, codeFingerprint } from "./code-fingerprint.ts";
import { reportHtml } from "./page.ts";
import { backtestReport, descriptionFingerprint, RUN_ELEMENT, type RunAttachment } from "./report.ts";
import { changedBars, changedRules } from "./rules.ts";
import { attachmentOf, readSealedPage, type SealedPage, sealPage } from "./seal.ts";

export interface Verdict {
  readonly isIdentical: boolean;
  /** One line for a person. */
  readonly sentence: string;
  /** What is other than it was; figures first. */
  readonly differences: readonly Difference[];
}

/** By other code, another order of sums costs last digits: a billionth of a figure's size. */
const ROUNDING = 1e-9;

/**
 * Makes the run of a report again and compares: the data's fingerprint, every figure, every series, and, where the code is
 * the same, the whole page, to the last digit; by other code up to `ROUNDING`, and a series by the values that the report
 * kept of it. Nothing of the file is run; what it says is checked like any other input.
 */
export function verifyReport(path: string, source?: string): Verdict {
  const { page, attachment, description } = readReport(path);
  const run = madeAgainByRules(attachment, description, source, path);
  if (Array.isArray(run)) return cannotMake(run);
  const code = codeFingerprint();
  const otherCode = codeText(attachment.code, code);
  const again = runFingerprint(run);
  const found: Difference[] = [
    ...parameterDifference(attachment),
    ...dataDifference(attachment, run),
    // other code may know figures that there were not
    ...differences(attachment.print, again, otherCode === "" ? 0 : ROUNDING).filter(
      ({ was }) => otherCode === "" || was !== "none",
    ),
    ...pageDifference(page, attachment, run, code),
  ];
  const { print } = attachment;
  const counted = `${Object.keys(print.figures).length} figures and ${Object.keys(print.series).length} series`;
  const from = source ?? run.data.request.source;
  const of = `${run.data.market.length.toLocaleString("en")} bars of ${sourceText(from)}`;
  if (found.length === 0) {
    const isRounded = differences(attachment.print, again).some(({ was }) => was !== "none");
    return {
      isIdentical: true,
      sentence: `${isRounded ? "the same up to rounding" : "identical"}: ${counted}, made again from ${of}${otherCode === "" ? ", by the same code" : `, by other code (${otherCode})`}.`,
      differences: [],
    };
  }
  return {
    isIdentical: false,
    sentence: `not identical: ${found.length} difference${found.length === 1 ? "" : "s"}, made again from ${of}${otherCode === "" ? ", by the same code" : `. The code is another, too: ${otherCode}`}.${ruleText([...changedRules(attachment.rules ?? 1, description, run), ...changedBars(attachment.rules ?? 1, print.figures, run)])}`,
    differences: found,
  };
}

/** The run of a report; or the rules for which settings of an older edition can't be run any more. */
function madeAgainByRules(
  { rules = 1 }: RunAttachment,
  description: RunDescription,
  source: string | undefined,
  path: string,
): BacktestRun | string[] {
  try {
    return madeAgain(description, source, path);
  } catch (error) {
    const changed = changedRules(rules, description);
    if (!(error instanceof TickbookError && error.code === "bad-setting" && changed.length > 0)) throw error;
    return changed;
  }
}

function cannotMake(changed: readonly string[]): Verdict {
  const rule = changed.join("; ");
  return {
    isIdentical: false,
    sentence: `not identical: its settings can't be run any more, for a rule has changed since: ${rule}.`,
    differences: [{ what: "rule", was: "as in 0.1", is: rule }],
  };
}

/** The run that a report describes, to be taken as the beginning of another. */
export function describedBy(path: string): RunDescription {
  return readReport(path).description;
}

function ruleText(changed: readonly string[]): string {
  return changed.length === 0 ? "" : ` A rule has changed since: ${changed.join("; ")}.`;
}

interface Opened {
  readonly page: SealedPage;
  readonly attachment: RunAttachment;
  readonly description: RunDescription;
}

function readReport(path: string): Opened {
  const where = basename(path);
  const page = readSealedPage(path);
  const attachment = attachmentOf(page.html, RUN_ELEMENT);
  if (page.state === "unsealed" || !isAttachment(attachment)) {
    const isCut = isAttachment(attachment);
    refuse({
      code: isCut ? "cut-off" : "no-report",
      where,
      problem: isCut
        ? "needs a whole report; the end of this one is missing"
        : "needs a report of npm run report; this file carries no run of one",
      hint: isCut ? "Get the file again." : "Pass the HTML file that npm run report made.",
    });
  }
  if (attachment.description === undefined) {
    refuse({
      code: "own-rule",
      where,
      problem: "needs a strategy that ships; the rule of this report was code of a notebook's own",
      hint: "Run that notebook again and compare the figures.",
    });
  }
  return { page, attachment, description: parseDescription(attachment.description, where) };
}

function isAttachment(value: unknown): value is RunAttachment {
  const {
    format,
    rules = 1,
    madeUs,
    dataFingerprint,
    code,
    print,
    command,
  } = (value ?? {}) as Partial<RunAttachment>;
  return (
    format === "tickbook backtest 1" &&
    Number.isSafeInteger(rules) &&
    Number.isSafeInteger(madeUs) &&
    Math.abs(madeUs!) < 2 ** 53 &&
    typeof dataFingerprint === "string" &&
    typeof command === "string" &&
    isCode(code) &&
    isFingerprint(print)
  );
}

function isCode(value: unknown): value is CodeFingerprint {
  const { version, sources, libraries, node } = (value ?? {}) as Partial<CodeFingerprint>;
  return (
    [version, sources, node].every((text) => typeof text === "string") &&
    isRecord(libraries, (text) => typeof text === "string")
  );
}

function isFingerprint(value: unknown): value is RunFingerprint {
  const { figures, series } = (value ?? {}) as Partial<RunFingerprint>;
  const isPlain = (one: unknown): boolean => typeof one === "number" || typeof one === "string";
  return (
    isRecord(figures, isPlain) &&
    isRecord(series, (one) => {
      const { length, sha256, samples } = (one ?? {}) as Partial<RunFingerprint["series"][string]>;
      return (
        Number.isSafeInteger(length) &&
        typeof sha256 === "string" &&
        Array.isArray(samples) &&
        samples.every(isPlain)
      );
    })
  );
}

function isRecord(value: unknown, is: (one: unknown) => boolean): boolean {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(is)
  );
}

/** The run of a description; of data that lie elsewhere now, under their old name. */
function madeAgain(description: RunDescription, source: string | undefined, path: string): BacktestRun {
  const { data } = description;
  if (source === undefined) return fromItsData(description, path);
  const now = sourceWords(source);
  const places = typeof now === "string" ? resolve(now) : ([resolve(now[0]), resolve(now[1])] as const);
  const run = runDescribed({ ...description, data: { ...data, source: places } });
  const named = { ...run.data.request, source: data.source ?? source };
  // a venue may be named by its file
  const [before, after] = [[named.source].flat(), [now].flat()];
  const old = (text: string): string =>
    after.reduce((all, word, k) => all.replaceAll(basename(word), basename(before[k] ?? word)), text);
  const { name, kind, detail } = run.data.venue;
  return {
    ...run,
    description: { ...run.description, data: named },
    data: { ...run.data, request: named, venue: { name: old(name), kind, detail: old(detail) } },
  };
}

/** Where data lie, as it is told. */
function sourceText(source: RunDescription["data"]["source"] = ""): string {
  return [source]
    .flat()
    .map((one) => quote(one).slice(1, -1))
    .join(" and ");
}

function fromItsData(description: RunDescription, path: string): BacktestRun {
  try {
    return runDescribed(description);
  } catch (error) {
    if (!(error instanceof TickbookError && ["no-file", "no-database"].includes(error.code))) throw error;
    return refuse({
      code: "no-data",
      where: basename(path),
      problem: `needs the data that it was made from; there is no ${quote(description.data.source)} from the project's folder on`,
      hint: "Pass --source FILE, where it lies now.",
      facts: { source: description.data.source },
    });
  }
}

function parameterDifference({ description, descriptionPrint: was }: RunAttachment): Difference[] {
  const is = descriptionFingerprint(description);
  if (was === is) return [];
  return [{ what: "parameters, SHA-256", was: textOf(was).slice(0, 16), is: is.slice(0, 16) }];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "none";
}

function dataDifference({ dataFingerprint }: RunAttachment, { data }: BacktestRun): Difference[] {
  if (dataFingerprint === data.fingerprint) return [];
  return [{ what: "data, SHA-256", was: dataFingerprint.slice(0, 16), is: data.fingerprint.slice(0, 16) }];
}

/** The page as it would be written now, with the time and the command that it names. */
function pageDifference(
  { html, state }: SealedPage,
  { madeUs, command, code: was }: RunAttachment,
  run: BacktestRun,
  code: CodeFingerprint,
): Difference[] {
  if (codeText(was, code) === "") {
    const again = sealPage(reportHtml(backtestReport(run, { madeUs, code, command })));
    if (again === html) return [];
    const at = firstDifference(html, again);
    return [{ what: `page, letter ${at + 1}`, was: excerpt(html, at), is: excerpt(again, at) }];
  }
  return state === "whole"
    ? []
    : [{ what: "page", was: "as its seal says", is: "changed after it was made" }];
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function excerpt(text: string, at: number): string {
  return text.slice(Math.max(0, at - 20), at + 20);
}

/** What is other about the code; empty where it is the same. */
function codeText(was: CodeFingerprint, is: CodeFingerprint): string {
  const pairs: [string, string, string][] = [
    ["Tickbook", was.version, is.version],
    ["sources", was.sources.slice(0, 12), is.sources.slice(0, 12)],
    ["Node", was.node, is.node],
    ...[...new Set([...Object.keys(was.libraries), ...Object.keys(is.libraries)])].map(
      (name): [string, string, string] => [name, was.libraries[name] ?? "none", is.libraries[name] ?? "none"],
    ),
  ];
  return pairs
    .filter(([, before, now]) => before !== now)
    .map(([name, before, now]) => `${name} was ${quote(before, 40)}, is ${quote(now, 40)}`)
    .join("; ");
}
