import type { Browser } from "playwright-core";

/** What a reader sees who opens a file without a network, once all of its charts are drawn. */
export async function openOffline(
  browser: Browser,
  path: string,
): Promise<{ readonly text: string; readonly charts: number; readonly problems: readonly string[] }> {
  const context = await browser.newContext();
  try {
    await context.setOffline(true);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(`file://${path}`);
    const charts = await page.locator("figure[data-chart]").count();
    await page.locator('figure[data-state="failed"]').first().waitFor({ state: "detached" });
    await page
      .locator('figure[data-state="drawn"] canvas')
      .nth(Math.max(0, charts - 1))
      .waitFor();
    return { text: (await page.textContent("body")) ?? "", charts, problems };
  } finally {
    await context.close();
  }
}
