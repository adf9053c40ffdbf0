import { plainText, refuse } from "../../../core/errors.ts";
import type { AlertRecord } from "../../../pipeline/store/alert-store.ts";
import { alertJson } from "./alert-json.ts";
import { alertLine } from "./alert-lines.ts";

/** Who reads what is posted. */
export const WEBHOOK_FORMATS = ["json", "slack", "discord", "telegram", "mail"] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

export interface WebhookTarget {
  readonly url: URL;
  /** An event as its reader takes it; plain JSON. */
  body(record: AlertRecord, history: number): Record<string, unknown>;
}

export interface MailAddresses {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Hosts that take one format only. */
const HOSTS: Readonly<Record<string, WebhookFormat>> = {
  "hooks.slack.com": "slack",
  "discord.com": "discord",
  "discordapp.com": "discord",
  "api.telegram.org": "telegram",
  "api.resend.com": "mail",
};

/** Letters that a message may have: Discord's and Telegram's own bounds, a little below. */
const MOST_LETTERS = 1900;

/** Where events go, and as what; refuses what cannot be meant. No message holds more of the address than its host. */
export function webhookTarget(url: URL, format: WebhookFormat, mail: MailAddresses): WebhookTarget {
  const known = HOSTS[url.hostname];
  if (known !== undefined && known !== format) {
    return refuse({
      code: "bad-webhook",
      where: "--webhook-as",
      problem: `needs ${known} for ${url.hostname}, which takes nothing else; got ${format}`,
      hint: `Pass --webhook-as ${known}, or set TICKBOOK_WEBHOOK_AS=${known}.`,
    });
  }
  switch (format) {
    case "json":
      return { url, body: alertJson };
    case "slack":
      return { url, body: (record) => ({ text: escapedForSlack(textOf(record)) }) };
    case "discord":
      // whatever a rule's text says, nobody is called by it
      return { url, body: (record) => ({ content: textOf(record), allowed_mentions: { parse: [] } }) };
    case "telegram":
      return telegram(url);
    case "mail":
      return mailTo(url, mail);
  }
}

function telegram(given: URL): WebhookTarget {
  const url = new URL(given);
  const chat = url.searchParams.get("chat_id");
  if (chat === null || chat === "") {
    return refuse({
      code: "bad-webhook",
      where: "TICKBOOK_WEBHOOK",
      problem: "needs the chat that a bot of Telegram writes to; there is no chat_id in it",
      hint: "Set it to https://api.telegram.org/bot<token>/sendMessage?chat_id=<id>.",
    });
  }
  url.search = "";
  return { url, body: (record) => ({ chat_id: chat, text: textOf(record) }) };
}

function mailTo(url: URL, { from, to }: MailAddresses): WebhookTarget {
  const addresses = (to ?? "").split(",").map((one) => one.trim());
  if (from === undefined || from === "" || addresses.includes("")) {
    return refuse({
      code: "bad-webhook",
      where: "--webhook-as mail",
      problem: "needs the addresses of sender and receiver",
      hint: "Set TICKBOOK_MAIL_FROM and TICKBOOK_MAIL_TO; several receivers are separated by commas.",
    });
  }
  return {
    url,
    body: (record) => ({ from, to: addresses, subject: subjectOf(record), text: textOf(record) }),
  };
}

function textOf(record: AlertRecord): string {
  return alertLine(record, false).slice(0, MOST_LETTERS);
}

function subjectOf({ kind, rule, watched, severity }: AlertRecord): string {
  return plainText(`${kind}: ${rule} (${watched}), ${severity}`).slice(0, 200);
}

/** Slack reads three signs as its own: a link, a mention, an entity. */
function escapedForSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
