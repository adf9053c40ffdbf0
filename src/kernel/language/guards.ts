import ts from "typescript-kernel";

/** What the compiled code of cells and of the user's own files calls the kernel by. */
export const RUNTIME = "__tickbook";

export function runtimeCall(
  factory: ts.NodeFactory,
  name: string,
  args: readonly ts.Expression[],
): ts.Expression {
  const callee = factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), name);
  return factory.createCallExpression(callee, undefined, args);
}

/** The node with each `await` made to end where its cell was stopped, if it is one that awaits; its parts are visited. `of` tells cell or file of its place. */
export function guarded(
  node: ts.Node,
  factory: ts.NodeFactory,
  visit: (node: ts.Node) => ts.Node,
  { file, of }: { readonly file: ts.SourceFile; readonly of: (line: number, column: number) => string },
): ts.Node | undefined {
  if (ts.isAwaitExpression(node)) {
    const { line, character } = file.getLineAndCharacterOfPosition(node.expression.getStart(file));
    const at = factory.createStringLiteral(of(line, character + 1));
    const awaited = visit(node.expression) as ts.Expression;
    return factory.updateAwaitExpression(
      node,
      placed(runtimeCall(factory, "wait", [awaited, at]), node.expression),
    );
  }
  if (ts.isForOfStatement(node) && node.awaitModifier) {
    const rows = visit(node.expression) as ts.Expression;
    return factory.updateForOfStatement(
      node,
      node.awaitModifier,
      visit(node.initializer) as ts.ForInitializer,
      placed(runtimeCall(factory, "each", [rows]), node.expression),
      visit(node.statement) as ts.Statement,
    );
  }
  return undefined;
}

/** Errors of `made` are errors of `from`. */
export function placed<T extends ts.Node>(made: T, from: ts.Node): T {
  ts.setSourceMapRange(made, from);
  return ts.setTextRange(made, from);
}

/** For files that are not cells. */
export function guardAwaits(path: string): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const at = { file, of: (line: number, column: number) => `${path}:${line + 1}:${column}` };
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
      return guarded(node, context.factory, visit, at) ?? ts.visitEachChild(node, visit, context);
    };
    return ts.visitEachChild(file, visit, context);
  };
}
