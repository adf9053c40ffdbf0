import { readFileSync } from "node:fs";
import { quote, refuse } from "../../../core/errors.ts";

/** A server, and the database on it that holds a desk's trades. */
export interface DeskAddress {
  /** As it may be shown: `http://host:8123/tickbook`. Holds no secret. */
  readonly label: string;
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** Who asks; from the environment, never from an address. */
export interface DeskUser {
  readonly user: string;
  readonly password: string;
  /** A certificate authority's certificate, where the system does not know it. */
  readonly ca?: string;
}

const FORM = "http://host:8123 or https://host:8443, with /name for a database that is not called tickbook";

/** Whether a word for a source names a desk's server. */
export function isDeskAddress(word: unknown): word is string {
  return typeof word === "string" && /^https?:\/\//i.test(word);
}

/** Reads an address; refuses what holds more than one, a password above all. */
export function deskAddress(where: string, text: string): DeskAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    return refuse({
      code: "secret-in-address",
      where,
      problem: `needs an address without a user or a password, for it is written into notebooks, logs and reports; got one with them, at ${quote(url.host, 120)}`,
      hint: "Set TICKBOOK_DESK_USER and TICKBOOK_DESK_PASSWORD, or TICKBOOK_DESK_PASSWORD_FILE, in the environment.",
    });
  }
  const database = url === undefined ? "" : url.pathname.replace(/^\/|\/$/g, "") || "tickbook";
  if (/\.[a-z0-9]{1,8}$/i.test(database)) {
    return refuse({
      code: "bad-source",
      where,
      problem: `needs a file on this machine, or the address of a ClickHouse server (${FORM}); got ${quote(text, 120)}`,
      hint: "Download the file and give its path.",
    });
  }
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  if (!isPlain || !/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(database)) {
    return refuse({
      code: "bad-address",
      where,
      problem: `needs the address of a ClickHouse server (${FORM}); got ${quote(text, 120)}`,
      hint: "Pass for example http://127.0.0.1:8123.",
    });
  }
  const isSecure = url.protocol === "https:";
  const port = url.port === "" ? (isSecure ? 8443 : 8123) : Number(url.port);
  // an address of version 6 stands in brackets
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return {
    label: `${url.protocol}//${url.hostname}:${port}/${database}`,
    ...{ isSecure, host, port, database },
  };
}

/**
 * The user and the password of the environment: `TICKBOOK_DESK_USER` (`default` unless told), `TICKBOOK_DESK_PASSWORD` or the
 * first line of the file that `TICKBOOK_DESK_PASSWORD_FILE` names; `TICKBOOK_DESK_CA` names a file with a certificate.
 */
export function deskUser(environment: NodeJS.ProcessEnv = process.env): DeskUser {
  const { TICKBOOK_DESK_USER: user = "default", TICKBOOK_DESK_PASSWORD: password } = environment;
  const { TICKBOOK_DESK_PASSWORD_FILE: file, TICKBOOK_DESK_CA: ca } = environment;
  if (password !== undefined && file !== undefined) {
    refuse({
      code: "two-passwords",
      where: "TICKBOOK_DESK_PASSWORD",
      problem: "needs to be the only password; TICKBOOK_DESK_PASSWORD_FILE names another",
      hint: "Leave one of them out.",
    });
  }
  const secret = file === undefined ? undefined : readSetting("TICKBOOK_DESK_PASSWORD_FILE", file);
  return {
    user,
    password: password ?? secret?.split(/\r?\n/)[0] ?? "",
    ...(ca !== undefined && { ca: readSetting("TICKBOOK_DESK_CA", ca) }),
  };
}

function readSetting(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    return refuse({
      code: "unreadable-file",
      where: name,
      problem: `needs a file that can be read; the system says ${(error as { code?: string }).code ?? "no"} for ${quote(file, 120)}`,
      hint: "Mend its name or its rights.",
    });
  }
}
