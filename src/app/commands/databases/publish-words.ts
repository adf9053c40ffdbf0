import type { Audited } from "../../../pipeline/desk/relay/audit.ts";
import type { Relay } from "../../../pipeline/desk/relay/relay.ts";
import type { ProgressTeller } from "../../terminal/progress.ts";

/** A line that stays; programs find the sentence in it, too. */
export function say(
  teller: ProgressTeller,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  teller.say(message, { ...fields, message });
}

/** Counts everything, and says what was found. Exit codes: 0 all is there, 1 not, or other contents. */
export async function audit(relay: Relay, teller: ProgressTeller): Promise<number> {
  const audited = await relay.audit((blocks) =>
    teller.progress({ of: relay.label, phase: "counting", done: blocks, total: 0 }),
  );
  say(teller, auditText(audited), { event: "audited", ...audited });
  return audited.unmended + audited.lost + audited.conflicts > 0 ? 1 : 0;
}

function auditText({ blocks, differing, sentAgain, lost, conflicts, unmended }: Audited): string {
  const n = (value: number): string => value.toLocaleString("en");
  if (differing === 0) return `${n(blocks)} blocks counted: all are as they were sent.`;
  const parts = [
    `${n(blocks)} blocks counted: ${n(differing)} were not as they were sent, and ${n(sentAgain)} trades were sent again.`,
  ];
  if (conflicts > 0)
    parts.push(
      `Of ${n(conflicts)} trades another collector's copy says something else; the one received first stays, the other is listed.`,
    );
  if (lost > 0)
    parts.push(
      `${n(lost)} trades are lost: the server does not hold them, and they are no longer kept here.`,
    );
  if (unmended > 0)
    parts.push(
      `${n(unmended)} blocks are still not there: ask the server's operator, and run the audit again.`,
    );
  return parts.join("\n");
}

/** What was sent and was not there. */
export const NOT_THERE = "Some of it was not there when it was counted, and was sent again.";
