import { requireFields } from "../../core/arguments.ts";
import { refuse } from "../../core/errors.ts";
import { show } from "./show.ts";

/** Shows claims and whether they hold; where one does not, the cell fails and names it. */
export function check(claims: Readonly<Record<string, boolean>>): void {
  requireFields("check", "claims", claims, []);

  const entries = Object.entries(claims);
  show(entries.map(([claim, holds]) => ({ claim, holds: holds ? "yes" : "NO" })));
  const broken = entries.filter(([, holds]) => !holds).map(([claim]) => claim);
  if (broken.length === 0) return;
  refuse({
    code: "broken-claim",
    where: "check",
    problem: `each claim must hold; not so: ${broken.join("; ")}`,
    hint: "Look at the cells that they speak of before trusting this notebook.",
    facts: { broken },
  });
}
