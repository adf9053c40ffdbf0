import { formatUtc } from "../../core/time.ts";
import type { Publisher } from "../../pipeline/store/quality/quality-types.ts";
import type { TableData } from "../../render/table-data.ts";
import type { Finding } from "./diagnosis.ts";
import { countText, spanText } from "./words.ts";

/** A relay that goes on speaks each ten seconds. */
const SILENT_US = 600e6;
/** One that was silent for so long was meant to end. */
const LATELY_US = 7 * 86_400e6;
/** Clocks that are off by so much put trades of two collectors out of order of their receipt. */
const OFF_US = 1e6;

/** What is the matter with those who publish to a desk's server. */
export function publisherFindings(publishers: readonly Publisher[]): Finding[] {
  return publishers.flatMap(({ name, silentUs, aheadUs, unpublishedIds }) => {
    const found: Finding[] = [];
    if (silentUs > SILENT_US) {
      const left =
        unpublishedIds > 0 ? `, and ${countText(unpublishedIds, "id")} that it held were not published` : "";
      found.push({
        code: "not-publishing",
        attention: silentUs < LATELY_US,
        text: `collector ${name} has published nothing for ${spanText(silentUs)}${left}: look at its relay, npm run publish -- --follow.`,
      });
    }
    if (Math.abs(aheadUs) > OFF_US) {
      found.push({
        code: "clock-offset",
        attention: false,
        text: `the clock of collector ${name} was ${spanText(Math.abs(aheadUs))} ${aheadUs > 0 ? "ahead of" : "behind"} the server's. Let a time server set it; ids and holes do not depend on it.`,
      });
    }
    return found;
  });
}

/** How far each of them is. */
export function publishersTable(publishers: readonly Publisher[]): TableData {
  const text = (name: string, of: (one: Publisher) => string) =>
    ({ name, kind: "text", values: publishers.map(of) }) as const;
  return {
    caption: "Who publishes here",
    length: publishers.length,
    columns: [
      text("collector", ({ name }) => name),
      text("series", ({ series }) => String(series)),
      text("spoke", ({ silentUs }) => `${spanText(Math.max(0, silentUs))} ago`),
      text("newest trade received", ({ newestReceivedUs }) =>
        newestReceivedUs > 0 ? formatUtc(newestReceivedUs) : "–",
      ),
      text("not published", ({ unpublishedIds }) => unpublishedIds.toLocaleString("en")),
      text("clock", ({ aheadUs }) => `${spanText(Math.abs(aheadUs))} ${aheadUs < 0 ? "behind" : "ahead"}`),
    ],
  };
}
