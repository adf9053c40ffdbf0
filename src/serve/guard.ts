import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { refuse } from "../core/errors.ts";

/** Who may read the page. */
export interface Readers {
  /** The address that is listened on. */
  readonly bind: string;
  /** What a reader has to bring; undefined: nothing, on this machine alone. */
  readonly token: string | undefined;
}

const LOOPBACK = ["127.0.0.1", "::1", "localhost"];
const FEWEST_LETTERS = 16;

/** Refuses an address that others reach, where nobody has to bring a token. */
export function checkReaders({ bind, token }: Readers): void {
  const isLong = token !== undefined && token.length >= FEWEST_LETTERS;
  if (isLong || (token === undefined && LOOPBACK.includes(bind))) return;
  refuse({
    code: "serve-token",
    where: token === undefined ? "--bind" : "TICKBOOK_SERVE_TOKEN",
    problem: `needs a token of ${FEWEST_LETTERS} letters or more in TICKBOOK_SERVE_TOKEN${token === undefined ? ` where others can reach it, as at ${bind}` : ""}; got ${token === undefined ? "none" : `one of ${token.length}`}`,
    hint: "Set the variable to a long one, for example by openssl rand -hex 24, or leave --bind and the variable out.",
  });
}

/**
 * The HTTP status of a refusal; undefined: the request may be answered. Without a token only names of this machine are
 * answered: a page of another name that leads here (DNS rebinding) reads nothing. What changes something is never asked.
 */
export function refusalOf(
  { method = "", headers, url = "", socket }: IncomingMessage,
  { token }: Readers,
): number | undefined {
  if (!["GET", "HEAD", "POST"].includes(method)) return 405;
  if (token === undefined) {
    if (!LOOPBACK.includes(hostOf(headers.host ?? ""))) return 403;
  } else if (
    !isSame(cookieOf(headers.cookie ?? "", socket.localPort), token) &&
    !isSame(bearerOf(headers.authorization), token)
  )
    return 401;
  if (method !== "POST") return undefined;
  // a question of this very page, and of no other site
  if (headers["content-type"] !== "application/json" || url === "/") return 415;
  return headers.origin === undefined || URL.parse(headers.origin)?.host === headers.host ? undefined : 403;
}

/** The token of an address as it is handed on, `/?token=…`; undefined where there is none, or another one. */
export function tokenIn(url: string, token: string | undefined): string | undefined {
  const given = URL.parse(url, "http://localhost")?.searchParams.get("token") ?? undefined;
  if (token === undefined || given === undefined) return undefined;
  // whoever types a token does not write its + as %2B
  return [given, given.replaceAll(" ", "+")].some((one) => isSame(one, token)) ? token : undefined;
}

/** Keeps the token out of the address from then on. */
export function cookieFor(token: string, port: number | undefined): string {
  return `${cookieName(port)}=${encodeURIComponent(token)}; HttpOnly; SameSite=Strict; Path=/`;
}

/** Browsers have one set of cookies for all ports of a machine: two pages on it would take each other's token. */
function cookieName(port: number | undefined): string {
  return `tickbook-page-${port}`;
}

function hostOf(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

function cookieOf(header: string, port: number | undefined): string {
  const begin = `${cookieName(port)}=`;
  const found = header.split(/;\s*/).find((one) => one.startsWith(begin));
  try {
    return decodeURIComponent(found?.slice(begin.length) ?? "");
  } catch {
    return "";
  }
}

function bearerOf(header = ""): string {
  return header.startsWith("Bearer ") ? header.slice(7) : "";
}

/** In a time that says nothing of the letters. */
function isSame(given: string, needed: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(needed)];
  return a.length === b.length && timingSafeEqual(a, b);
}
