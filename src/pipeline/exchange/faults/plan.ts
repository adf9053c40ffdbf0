import { quote, refuse } from "../../../core/errors.ts";
import { BINANCE_SETTINGS, type ExchangeSettings } from "../settings.ts";
import { type Check, FAULTS, type FaultPlace, flag, MOST, oneOf, TRIGGERS, whole } from "./fault-table.ts";

/**
 * When a fault happens. What is counted are the things it can happen to: messages, handshakes, control messages, requests.
 * Without `every` and `probability` it happens once; with either, until `times` is used up.
 */
export interface Trigger {
  /** Leave the first so many alone. */
  readonly after?: number;
  /** Each so-many-th after them. */
  readonly every?: number;
  /** Each with this probability, drawn from the plan's seed. */
  readonly probability?: number;
  readonly times?: number;
  /** Only in this window, milliseconds since the exchange started. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** Connection faults: so long after a connection was opened, instead of counting messages. */
  readonly afterMs?: number;
  /** Only for this stream (`btcusdt@trade`), or this REST path (`/api/v3/historicalTrades`). */
  readonly stream?: string;
  readonly path?: string;
}

/** One line of a plan: where, what, when, and the fault's own settings. */
export interface PlannedFault extends Trigger {
  readonly at: FaultPlace;
  readonly fault: string;
  readonly args: Readonly<Record<string, string | number | boolean>>;
}

export interface FaultPlan {
  readonly seed: number;
  readonly settings: Partial<ExchangeSettings>;
  readonly faults: readonly PlannedFault[];
}

export const NO_PLAN: FaultPlan = { seed: 0, settings: {}, faults: [] };

/** Reads a plan and names everything that is wrong with it at once. `where` is its file. */
export function readPlan(source: string, where: string): FaultPlan {
  let plan: unknown;
  try {
    plan = JSON.parse(source);
  } catch (error) {
    return badPlan(where, [`the file must be JSON; ${(error as Error).message}`]);
  }
  if (!isRecord(plan))
    return badPlan(where, [`the file must hold an object such as {"faults": []}; got ${quote(plan, 40)}`]);
  const problems: string[] = [];
  const complain = (name: string, need: string, got: unknown): void => {
    problems.push(
      `${/^[\w.[\]]{1,80}$/.test(name) ? name : quote(name, 80)} ${need}; got ${got === undefined ? "nothing" : quote(got, 40)}`,
    );
  };
  for (const name of Object.keys(plan)) {
    if (!["seed", "settings", "faults"].includes(name))
      complain(name, "is not known here (seed, settings, faults are)", plan[name]);
  }
  const seed = plan.seed ?? 0;
  const badSeed = whole(0, MOST)(seed);
  if (badSeed) complain("seed", badSeed, seed);
  const settings = readSettings(plan.settings ?? {}, complain);
  const listed = plan.faults ?? [];
  if (!Array.isArray(listed)) complain("faults", "must be a list", listed);
  const faults = (Array.isArray(listed) ? listed : []).map((fault, i) =>
    readFault(fault, `faults[${i}]`, complain),
  );
  if (problems.length > 0) badPlan(where, problems);
  return { seed: seed as number, settings, faults };
}

type Complain = (name: string, need: string, got: unknown) => void;

function readSettings(given: unknown, complain: Complain): Partial<ExchangeSettings> {
  if (!isRecord(given)) {
    complain("settings", "must be an object", given);
    return {};
  }
  for (const [name, value] of Object.entries(given)) {
    const at = `settings.${name}`;
    const usual = Object.hasOwn(BINANCE_SETTINGS, name)
      ? BINANCE_SETTINGS[name as keyof ExchangeSettings]
      : undefined;
    if (usual === undefined)
      complain(at, `is not known (${Object.keys(BINANCE_SETTINGS).join(", ")} are)`, value);
    else if (name === "limitAbove1000") check(at, oneOf("clamp", "refuse"), value, complain);
    else if (name === "floorIds") {
      if (!isRecord(value)) complain(at, "must be an object of ids by symbol", value);
      else
        for (const [symbol, id] of Object.entries(value))
          check(`${at}.${symbol}`, whole(0, MOST), id, complain);
    } else check(at, typeof usual === "boolean" ? flag : whole(0, MOST), value, complain);
  }
  return given as Partial<ExchangeSettings>;
}

function readFault(given: unknown, at: string, complain: Complain): PlannedFault {
  const nothing: PlannedFault = { at: "message", fault: "drop", args: {} };
  if (!isRecord(given)) {
    complain(at, "must be an object", given);
    return nothing;
  }
  const { at: place, fault, ...rest } = given;
  const places = Object.keys(FAULTS);
  if (typeof place !== "string" || !Object.hasOwn(FAULTS, place)) {
    complain(`${at}.at`, `must be one of ${places.join(", ")}`, place);
    return nothing;
  }
  const known = FAULTS[place as FaultPlace];
  if (typeof fault !== "string" || !Object.hasOwn(known, fault)) {
    complain(`${at}.fault`, `must be one of ${Object.keys(known).join(", ")}`, fault);
    return nothing;
  }
  const settings = known[fault]!;
  const trigger: Record<string, unknown> = {};
  const args: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(rest)) {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    const checkOf = setting?.check ?? (Object.hasOwn(TRIGGERS, name) ? TRIGGERS[name] : undefined);
    if (!checkOf) {
      complain(
        `${at}.${name}`,
        `is not known for ${place} ${fault} (${[...Object.keys(settings), ...Object.keys(TRIGGERS)].join(", ")} are)`,
        value,
      );
      continue;
    }
    check(`${at}.${name}`, checkOf, value, complain);
    if (setting) args[name] = value as string;
    else trigger[name] = value;
  }
  for (const [name, setting] of Object.entries(settings)) {
    if (name in args) continue;
    if (setting.or === undefined)
      complain(`${at}.${name}`, setting.check(undefined) ?? "is needed", undefined);
    else args[name] = setting.or;
  }
  if (trigger.afterMs !== undefined && place !== "connection") {
    complain(`${at}.afterMs`, "is for connection faults only", trigger.afterMs);
  }
  return { ...trigger, at: place as FaultPlace, fault, args };
}

function check(name: string, checkOf: Check, value: unknown, complain: Complain): void {
  const need = checkOf(value);
  if (need) complain(name, need, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badPlan(where: string, problems: readonly string[]): never {
  refuse({
    code: "bad-plan",
    where,
    problem: problems.join(" · "),
    hint: "See docs/exchange.md for the form of a plan.",
    facts: { problems },
  });
}
