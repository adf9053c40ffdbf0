import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = (): string =>
  readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  run(
    context: { include: string[][] },
    options: { resultTypes: string[]; runOnly?: string[] },
  ): Promise<{
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
}

/** The rules whose answer another theme changes. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** What axe-core finds serious or critical in these places of a page, a line each; those that are not there are left out. */
export async function graveFindings(
  page: Page,
  places: readonly string[],
  rules: "all" | "of colours" = "all",
): Promise<string[]> {
  await page.evaluate(source());
  const only = rules === "all" ? {} : { runOnly: OF_COLOURS };
  return page.evaluate(
    async ([places, only]) => {
      const { axe, document } = globalThis as unknown as {
        axe: Axe;
        document: { querySelector(selector: string): unknown };
      };
      const include = places.filter((place) => document.querySelector(place)).map((place) => [place]);
      const { violations } = await axe.run({ include }, { resultTypes: ["violations"], ...only });
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) =>
          nodes.map(
            ({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} | ${failureSummary.slice(0, 240)}`,
          ),
        );
    },
    [places, only] as const,
  );
}
