import ts from "typescript-kernel";

/** A variable of the notebook that a loop uses through a copy of its own. */
export interface LoopVariable {
  readonly name: string;
  /** Of an earlier cell. */
  readonly earlier: boolean;
  /** The loop gives it other values: they are handed back. */
  readonly assigned: boolean;
}

export interface LoopQuestions {
  /** Of which cell the name is a variable; undefined where it is none of a cell's top level. */
  readonly variableOf: (identifier: ts.Identifier) => "own" | "earlier" | undefined;
  /** Whether a cell may give it another value. */
  readonly isAssignable: (name: string, earlier: boolean) => boolean;
  /** Whether a function of any cell speaks of the name: such a function could see, or change, the variable meanwhile. */
  readonly isCaptured: (name: string) => boolean;
}

/**
 * The variables that a loop at the top of a cell can hold in copies, as a function holds its own: with the notebook's
 * variables themselves it runs several times slower. Undefined for a loop that awaits, or makes functions.
 */
export function loopVariables(
  loop: ts.IterationStatement,
  questions: LoopQuestions,
): LoopVariable[] | undefined {
  const { variableOf, isAssignable, isCaptured } = questions;
  const found = new Map<string, LoopVariable>();
  let isPlain = true;
  const note = (node: ts.Identifier, assigned: boolean): void => {
    const of = variableOf(node);
    if (of === undefined) return;
    const earlier = of === "earlier";
    const before = found.get(node.text)?.assigned ?? false;
    found.set(node.text, { name: node.text, earlier, assigned: before || assigned });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (
      ts.isFunctionLike(node) ||
      ts.isClassLike(node) ||
      ts.isAwaitExpression(node) ||
      ts.isYieldExpression(node) ||
      (ts.isForOfStatement(node) && node.awaitModifier) ||
      (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0)
    ) {
      isPlain = false;
      return;
    }
    if (ts.isIdentifier(node)) note(node, isTarget(node));
    ts.forEachChild(node, visit);
  };
  visit(loop);
  // with the copies around it, it is no loop any more that a label could name
  if (!isPlain || ts.isLabeledStatement(loop.parent)) return undefined;
  return [...found.values()].filter(({ name, earlier, assigned }) => {
    const changes = isAssignable(name, earlier);
    // what is the cell's own and stays as it is costs nothing
    return earlier ? !(changes && isCaptured(name)) : assigned && changes && !isCaptured(name);
  });
}

/** Whether the identifier is given a value there. */
function isTarget(node: ts.Identifier): boolean {
  let at: ts.Node = node;
  for (let { parent } = at; parent !== undefined; at = parent, parent = at.parent) {
    if (ts.isBinaryExpression(parent)) {
      const { kind } = parent.operatorToken;
      const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
      return assigns && parent.left === at;
    }
    if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
      return (
        parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
      );
    }
    if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === at;
    const isPattern =
      ts.isArrayLiteralExpression(parent) ||
      ts.isObjectLiteralExpression(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isShorthandPropertyAssignment(parent) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent) ||
      ts.isParenthesizedExpression(parent) ||
      ts.isNonNullExpression(parent) ||
      ts.isAsExpression(parent);
    if (!isPattern) return false;
  }
  return false;
}

/** The variables of cells that functions and classes in the code speak of. */
export function capturedIn(
  file: ts.SourceFile,
  isVariable: (identifier: ts.Identifier) => boolean,
): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node, inside: boolean): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (inside && ts.isIdentifier(node) && isVariable(node)) names.add(node.text);
    const within = inside || ts.isFunctionLike(node) || ts.isClassLike(node);
    ts.forEachChild(node, (child) => visit(child, within));
  };
  visit(file, false);
  return names;
}

/** By what name the loop calls its copy. */
export function copyOf(name: string): string {
  return `__loop_${name}`;
}

/**
 * The loop, which speaks of the copies already, with the copies around it. It may be stopped at any time, so it hands
 * its values back every few rounds: at first every 32nd, at last every 4,096th. An earlier cell's variable, of which no
 * function speaks, moves into this cell: to hand it back through the notebook costs more than the loop.
 */
export function loopWithCopies(
  loop: ts.IterationStatement,
  variables: readonly LoopVariable[],
  factory: ts.NodeFactory,
  reading: (variable: LoopVariable) => ts.Expression,
  boxOf: (name: string) => ts.Expression,
): ts.Statement {
  const { createIdentifier: id, createNumericLiteral: number } = factory;
  const assigned = variables.filter((one) => one.assigned);
  const moved = assigned.filter((one) => one.earlier);
  const kept = (one: LoopVariable): ts.Identifier => id(one.earlier ? keptOf(one.name) : one.name);
  const made = (name: string, value: ts.Expression): ts.VariableDeclaration =>
    factory.createVariableDeclaration(name, undefined, undefined, value);
  const declare = (list: ts.VariableDeclaration[]): ts.Statement =>
    factory.createVariableStatement(undefined, factory.createVariableDeclarationList(list, ts.NodeFlags.Let));
  const statement = factory.createExpressionStatement;
  const copies = variables.map((one) => made(copyOf(one.name), reading(one)));
  if (assigned.length === 0) return factory.createBlock([declare(copies), loop]);
  const back = (): ts.Statement[] =>
    assigned.map((one) => statement(factory.createAssignment(kept(one), id(copyOf(one.name)))));
  const lent = moved.map((one) => {
    const lend = factory.createPropertyAccessExpression(boxOf(one.name), "lend");
    const value = id("$");
    const get = arrow(factory, [], kept(one));
    const set = arrow(
      factory,
      [factory.createParameterDeclaration(undefined, undefined, value)],
      factory.createBlock([statement(factory.createAssignment(kept(one), value))]),
    );
    return statement(factory.createCallExpression(lend, undefined, [get, set]));
  });
  // `if (--left === 0) { left = wait = wait < 4096 ? wait * 2 : 4096; … }`
  const [left, wait] = [id("__left"), id("__wait")];
  const isDue = factory.createStrictEquality(factory.createPrefixDecrement(left), number(0));
  const longer = factory.createConditionalExpression(
    factory.createLessThan(wait, number(4096)),
    undefined,
    factory.createMultiply(wait, number(2)),
    undefined,
    number(4096),
  );
  const again = statement(factory.createAssignment(left, factory.createAssignment(wait, longer)));
  const body = factory.createBlock([
    factory.createIfStatement(isDue, factory.createBlock([again, ...back()])),
    loop.statement,
  ]);
  return factory.createBlock([
    declare([
      ...copies,
      ...moved.map((one) => made(keptOf(one.name), id(copyOf(one.name)))),
      made("__left", number(32)),
      made("__wait", number(32)),
    ]),
    ...lent,
    factory.createTryStatement(
      factory.createBlock([withBody(loop, body, factory)]),
      undefined,
      factory.createBlock(back()),
    ),
  ]);
}

function keptOf(name: string): string {
  return `__kept_${name}`;
}

function arrow(
  factory: ts.NodeFactory,
  parameters: ts.ParameterDeclaration[],
  body: ts.ConciseBody,
): ts.Expression {
  return factory.createArrowFunction(undefined, undefined, parameters, undefined, undefined, body);
}

function withBody(loop: ts.IterationStatement, body: ts.Statement, factory: ts.NodeFactory): ts.Statement {
  if (ts.isForStatement(loop)) {
    return factory.updateForStatement(loop, loop.initializer, loop.condition, loop.incrementor, body);
  }
  if (ts.isForOfStatement(loop)) {
    return factory.updateForOfStatement(loop, loop.awaitModifier, loop.initializer, loop.expression, body);
  }
  if (ts.isForInStatement(loop))
    return factory.updateForInStatement(loop, loop.initializer, loop.expression, body);
  if (ts.isWhileStatement(loop)) return factory.updateWhileStatement(loop, loop.expression, body);
  return factory.updateDoStatement(loop as ts.DoStatement, body, (loop as ts.DoStatement).expression);
}
