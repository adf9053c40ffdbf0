import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURS, type Ground, LINES, vegaConfig } from "../../src/render/theme.ts";

/** WCAG 2.1 contrast of two `#rrggbb` colours. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

const PAPER = "#ffffff";
const NIGHT = "#111111";

test("every colour of a mark has a contrast of 3:1 on white and on JupyterLab's dark ground", () => {
  for (const colour of [...Object.values(COLOURS), ...LINES.map((line) => line.colour)]) {
    for (const ground of [PAPER, NIGHT]) {
      assert.ok(contrast(colour, ground) >= 3, `${colour} on ${ground}: ${contrast(colour, ground)}`);
    }
  }
});

test("text has 4.5:1 on a known ground, and 4.2:1 on both where the ground is not known", () => {
  const inks = (ground: Ground): string[] => {
    const { title, axis } = vegaConfig(ground) as Record<string, Record<string, string>>;
    return [title!.color!, title!.subtitleColor!, axis!.labelColor!, axis!.titleColor!];
  };
  for (const ink of inks("light")) assert.ok(contrast(ink, PAPER) >= 4.5);
  for (const ink of inks("dark")) assert.ok(contrast(ink, "#14171a") >= 4.5);
  for (const ink of inks("any")) assert.ok(Math.min(contrast(ink, PAPER), contrast(ink, NIGHT)) >= 4.2, ink);
});

test("no two lines share a colour or a dash", () => {
  assert.equal(new Set(LINES.map(({ colour }) => colour)).size, LINES.length);
  assert.equal(new Set(LINES.map(({ dash }) => dash.join())).size, LINES.length);
});
