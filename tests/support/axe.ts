import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = (): string =>
  readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  run(
    context: { include: string[][] },
    options: { resultTypes: string[] },
  ): Promise<{
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
}

/** What axe-core finds serious or critical in these places of a page, a line each; those that are not there are left out. */
export async function graveFindings(page: Page, places: readonly string[]): Promise<string[]> {
  await page.evaluate(source());
  return page.evaluate(async (places) => {
    const { axe, document } = globalThis as unknown as {
      axe: Axe;
      document: { querySelector(selector: string): unknown };
    };
    const include = places.filter((place) => document.querySelector(place)).map((place) => [place]);
    const { violations } = await axe.run({ include }, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) =>
        nodes.map(
          ({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} | ${failureSummary.slice(0, 240)}`,
        ),
      );
  }, places);
}
