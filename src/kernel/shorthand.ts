import type { SyntaxNode, TslabTypeScript } from "./tslab.ts";

/**
 * Writes `{ y }` as `{ y: y }`. tslab 1.0.22 does not see that a property in shorthand uses a variable of an earlier
 * cell, and the cell fails with "y is not defined". Lines stay where they are.
 */
export function expandShorthand(ts: TslabTypeScript, source: string): string {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ES2022, true);
  const places: { readonly at: number; readonly name: string }[] = [];
  const visit = (node: SyntaxNode): void => {
    if (ts.isShorthandPropertyAssignment(node)) places.push({ at: node.name.end, name: node.name.text });
    ts.forEachChild(node, visit);
  };
  visit(file);
  let expanded = source;
  for (const { at, name } of places.reverse())
    expanded = `${expanded.slice(0, at)}: ${name}${expanded.slice(at)}`;
  return expanded;
}
