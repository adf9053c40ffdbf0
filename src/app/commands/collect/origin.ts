import { quote, refuse } from "../../../core/errors.ts";
import { parseDuration } from "../../../core/time.ts";
import type { Venue } from "../../../core/trade.ts";
import { isDatabase } from "../../../pipeline/store/file/is-database.ts";
import { BINANCE, type Host, isBinance } from "../../../pipeline/venues/binance/info.ts";
import { systemClock } from "../../clock.ts";
import { storeSimulatedPast } from "../../processes/simulated-past.ts";
import { numberFlag } from "../../terminal/flags.ts";
import { defaultSymbols, EXCHANGE_FLAGS, exchangeFlags } from "../venue-flags.ts";
import type { CollectFlag, CollectFlags } from "./flags.ts";

/** The address that was given, checked; undefined: none was. */
export function givenHost(flags: CollectFlags): Host | undefined {
  const wsUrl = flags["ws-url"];
  const restUrl = flags["rest-url"];
  if (wsUrl === undefined && restUrl === undefined) return undefined;
  if (wsUrl === undefined || restUrl === undefined) {
    refuse({
      code: "bad-flag",
      where: wsUrl === undefined ? "--rest-url" : "--ws-url",
      problem: "needs --ws-url and --rest-url together; got one of them",
      hint: "Pass both.",
    });
  }
  checkUrl("--ws-url", wsUrl, ["ws:", "wss:"]);
  checkUrl("--rest-url", restUrl, ["http:", "https:"]);
  return { wsUrl, restUrl };
}

/** What is known of a given address: that it is Binance's own, or what its user calls it. */
export function namedVenue(name: string | undefined, given: Host | undefined): Venue | undefined {
  const isOwn = given !== undefined && isBinance(given);
  if (name === undefined) return isOwn ? BINANCE : undefined;
  const refusal =
    given === undefined
      ? "needs an exchange of another address, --ws-url and --rest-url; got none"
      : isOwn || name === BINANCE.name
        ? `needs a name that is not Binance's, and no address of Binance; got ${quote(name, 60)}`
        : !/^[a-z0-9][a-z0-9-]{0,99}$/.test(name)
          ? `needs lower-case letters, digits and -; got ${quote(name, 60)}`
          : undefined;
  if (refusal !== undefined)
    refuse({
      code: "bad-flag",
      where: "--venue-name",
      problem: refusal,
      hint: "Leave it out, or pass for example --venue-name my-exchange.",
    });
  return { name, kind: "other", detail: `${new URL(given!.restUrl).host}, named by its user` };
}

function checkUrl(flag: string, text: string, protocols: readonly string[]): void {
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return;
  refuse({
    code: "bad-flag",
    where: flag,
    problem: `needs an address that begins with ${protocols.map((p) => `${p}//`).join(" or ")}; got ${quote(text)}`,
    hint: `Pass for example ${protocols[0]}//127.0.0.1:9443.`,
  });
}

/** Refuses flags of the built-in exchange where it is not started. */
export function checkExchangeFlags(flags: CollectFlags, isOurs: boolean): void {
  for (const name of [...(Object.keys(EXCHANGE_FLAGS) as CollectFlag[]), "plan", "exchange-port"] as const) {
    if (flags[name] === undefined || isOurs) continue;
    refuse({
      code: "bad-flag",
      where: `--${name}`,
      problem: "needs --venue sim or replay with the exchange started here",
      hint: "Pass --venue sim and no addresses, or leave it out.",
    });
  }
}

/** Gives a new database of the simulated market its past, where one was asked for. */
export function beginPast(
  { past, seed, speed }: CollectFlags,
  venue: string,
  db: string,
  asked: readonly string[] | undefined,
): void {
  if (past === undefined) return;
  if (venue !== "sim" || (speed !== undefined && speed !== "1")) {
    refuse({
      code: "bad-flag",
      where: "--past",
      problem:
        "needs --venue sim at its own speed: another market has no past that is known before it is collected",
      hint: "Leave it out.",
    });
  }
  storeSimulatedPast(db, {
    seed: seed === undefined ? 7 : numberFlag("seed", seed, 0, Number.MAX_SAFE_INTEGER),
    symbols: asked !== undefined && asked.length > 0 ? asked : defaultSymbols("sim").split(","),
    pastUs: parseDuration(past, "--past"),
    nowUs: systemClock.nowUs(),
  });
}

/** The flags of the built-in exchange's process. */
export function processFlags(flags: CollectFlags): string[] {
  const { tape, symbols, plan } = flags;
  return [
    ...exchangeFlags(flags),
    ...(tape !== undefined && symbols !== undefined && !symbols.includes("*") && isDatabase(tape)
      ? ["--symbols", symbols]
      : []),
    ...(plan === undefined ? [] : ["--plan", plan]),
    "--port",
    flags["exchange-port"] ?? "0",
  ];
}
