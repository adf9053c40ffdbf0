import { requireFields } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { tableView } from "../../render/table.ts";
import { display } from "../page/display.ts";

/** Shows in one line that all claims hold, and folded below it which; where one does not, the cell fails and names it. */
export function check(claims: Readonly<Record<string, boolean>>): void {
  requireFields("check", "claims", claims, []);

  const entries = Object.entries(claims);
  const broken = entries.filter(([, holds]) => !holds).map(([claim]) => claim);
  const { length } = entries;
  const table = tableView(
    {
      length,
      columns: [
        { name: "claim", values: entries.map(([claim]) => claim), wrap: true },
        { name: "holds", values: entries.map(([, holds]) => (holds ? "yes" : "NO")) },
      ],
    },
    { maxRows: Number.POSITIVE_INFINITY },
  );
  const line =
    broken.length === 0
      ? `✓ ${length === 1 ? "The claim holds" : `All ${length} claims hold`}.`
      : `✗ ${broken.length} of ${length} claims ${broken.length === 1 ? "does" : "do"} not hold.`;
  const style = "cursor:pointer;font:13px/1.6 var(--jp-ui-font-family,system-ui,sans-serif)";
  display({
    kind: "html",
    html: `<details${broken.length === 0 ? "" : " open"}><summary style="${style}">${line}</summary>${table.html}</details>`,
    text: `${line}\n${table.text}`,
  });
  if (broken.length === 0) return;
  refuse({
    code: "broken-claim",
    where: "check",
    problem: `each claim must hold; not so: ${broken.join("; ")}`,
    hint: "Look at the cells that they speak of before trusting this notebook.",
    facts: { broken },
  });
}
