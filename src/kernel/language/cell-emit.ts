import ts from "typescript-kernel";
import { type CellScope, type Declared, declaredIn, prefixOf, suffixOf } from "./cell-scope.ts";
import { capturedIn, copyOf, loopVariables, loopWithCopies } from "./fast-loops.ts";
import { guarded, placed, RUNTIME, runtimeCall } from "./guards.ts";
import { type Parts, STARTED, withoutModules } from "./without-modules.ts";

/** A cell as it is type-checked: one line in front that brings earlier names, one behind that hands its own on. */
export interface CellText {
  readonly text: string;
  readonly prefix: number;
  readonly end: number;
  readonly declared: readonly Declared[];
}

export function cellText(given: string, scope: CellScope): CellText {
  // the first line of a script
  const source = given.replace(/^#!/, "//");
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  const declared = declaredIn(file);
  const prefix = prefixOf(file, declared, scope);
  return {
    text: `${prefix}${source}${suffixOf(declared)}`,
    prefix: prefix.length,
    end: prefix.length + source.length,
    declared,
  };
}

/** A cell as JavaScript, in the form in which tslab's executor runs it. */
export interface EmittedCell {
  readonly code: string;
  /** From the lines of `code` without its first one to those of the text with its prefix. */
  readonly map: string;
  /** Whether it has to be waited for. */
  readonly isAsync: boolean;
  readonly names: readonly string[];
}

const LAST = "__last";

export function emitCell(
  program: ts.Program,
  path: string,
  cell: CellText,
  scope: CellScope,
  /** The variables that functions of any cell speak of; those of this one are added. */
  captured: Set<string>,
  count: number,
): EmittedCell {
  const file = program.getSourceFile(path)!;
  const parts: Parts = { imports: [], names: [], boxes: new Set() };
  let code = "";
  let map = "{}";
  program.emit(
    file,
    (name, text) => {
      if (name.endsWith(".map")) map = text;
      else if (/\.m?js$/.test(name)) code = text;
    },
    undefined,
    false,
    {
      before: [fromScope(program.getTypeChecker(), cell, parts, { scope, captured, count })],
      after: [withoutModules(parts)],
    },
  );
  code = code.replace(/\n\/\/# sourceMappingURL=[^\n]*\s*$/, "\n");
  const isAsync = parts.imports.length > 0 || awaitsAtTop(file);
  const assignable = new Set(cell.declared.filter((one) => one.assignable).map(({ name }) => name));
  const bindings = parts.names.map((name) => {
    const set = assignable.has(name) ? `, ($) => { ${name} = $; }` : "";
    return `${JSON.stringify(name)}: [() => ${name}${set}]`;
  });
  const boxes = [...parts.boxes].map((name) => `, ${boxOf(name)} = ${RUNTIME}.box(${JSON.stringify(name)})`);
  const head = `const ${RUNTIME} = globalThis[Symbol.for("tickbook.cells")]${boxes.join("")}, ${LAST} = ($) => { exports.${lastName} = $; };`;
  const inner = `"use strict"; ${RUNTIME}.bind({ ${bindings.join(", ")} });`;
  const body = isAsync
    ? `return ${RUNTIME}.start(${JSON.stringify(parts.imports)}, async (${STARTED}) => { ${inner}\n${code}\n});`
    : `${RUNTIME}.sync(() => { ${inner}\n${code}\n});`;
  return {
    code: `${head} { const require = ${RUNTIME}.require; ${body} }`,
    map,
    isAsync,
    names: parts.names,
  };
}

/** Where tslab looks for the value of the last expression. */
export const lastName = "tickbookLast";

function boxOf(name: string): string {
  return `__of_${name}`;
}

/** What the identifiers of a cell stand for. */
interface Names {
  /** Whether the symbol is declared by the line that brings earlier names. */
  isEarlier(symbol: ts.Symbol | undefined): boolean;
  /** Of which cell's top level the identifier is a variable. */
  variableOf(node: ts.Identifier): "own" | "earlier" | undefined;
  /** An earlier name, where the kernel keeps it. */
  box(name: string, from: ts.Node): ts.Expression;
}

function namesOf(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  cell: CellText,
  parts: Parts,
  factory: ts.NodeFactory,
): Names {
  const isEarlier: Names["isEarlier"] = (symbol) =>
    symbol?.declarations?.some((one) => one.getSourceFile() === file && one.getStart(file) < cell.prefix) ??
    false;
  return {
    isEarlier,
    variableOf: (node) => {
      const symbol = ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : checker.getSymbolAtLocation(node);
      if (isEarlier(symbol)) return "earlier";
      return symbol?.valueDeclaration && isAtTop(symbol.valueDeclaration) ? "own" : undefined;
    },
    box: (name, from) => {
      parts.boxes.add(name);
      return placed(factory.createPropertyAccessExpression(factory.createIdentifier(boxOf(name)), "v"), from);
    },
  };
}

/** Loops at the top of a cell, with copies of the variables that they use. */
interface Loops {
  /** The identifier stands in a loop that has a copy for it. */
  isCopied(node: ts.Identifier): boolean;
  isInside(): boolean;
  visited(node: ts.IterationStatement): ts.Node;
}

function loopsOf(
  names: Names,
  cell: CellText,
  known: { readonly scope: CellScope; readonly captured: ReadonlySet<string> },
  factory: ts.NodeFactory,
  visitInside: <T extends ts.Node>(node: T) => T,
): Loops {
  let copies: ReadonlySet<string> | undefined;
  const assignable = new Set(cell.declared.filter((one) => one.assignable).map(({ name }) => name));
  const isAssignable = (name: string, earlier: boolean): boolean =>
    earlier ? (known.scope.get(name)?.assignable ?? true) : assignable.has(name);
  return {
    isInside: () => copies !== undefined,
    isCopied: (node) => (copies?.has(node.text) ?? false) && names.variableOf(node) !== undefined,
    visited: (node) => {
      const isCaptured = (name: string): boolean => known.captured.has(name);
      const variables = loopVariables(node, { variableOf: names.variableOf, isAssignable, isCaptured });
      if (variables === undefined || variables.length === 0) return visitInside(node);
      copies = new Set(variables.map(({ name }) => name));
      const loop = visitInside(node);
      copies = undefined;
      return loopWithCopies(
        loop,
        variables,
        factory,
        ({ name, earlier }) => (earlier ? names.box(name, node) : factory.createIdentifier(name)),
        (name) => factory.createIdentifier(boxOf(name)),
      );
    },
  };
}

/** Reads earlier names where the kernel keeps them, guards awaits, and hands on the value of the last expression. */
function fromScope(
  checker: ts.TypeChecker,
  cell: CellText,
  parts: Parts,
  known: { readonly scope: CellScope; readonly captured: Set<string>; readonly count: number },
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    const names = namesOf(checker, file, cell, parts, factory);
    const at = { file, of: (line: number, column: number) => `${known.count}:${line}:${column}` };
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
      if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return node;
      if (ts.isIdentifier(node)) return identifier(node);
      if (ts.isShorthandPropertyAssignment(node)) return shorthand(node);
      if (ts.isCallExpression(node)) return call(node);
      if (ts.isTaggedTemplateExpression(node)) {
        const tag = called(node.tag) ?? (visit(node.tag) as ts.Expression);
        return factory.updateTaggedTemplateExpression(
          node,
          tag,
          undefined,
          visit(node.template) as ts.TemplateLiteral,
        );
      }
      if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
        const runtime = factory.createIdentifier(RUNTIME);
        return placed(factory.createPropertyAccessExpression(runtime, "meta"), node);
      }
      if (ts.isIterationStatement(node, false) && depth === 0 && !loops.isInside())
        return loops.visited(node);
      const isInner = ts.isFunctionLike(node) || ts.isClassLike(node);
      if (isInner) depth++;
      const visited = guarded(node, factory, visit, at) ?? inside(node);
      if (isInner) depth--;
      return visited;
    };
    let depth = 0;
    const inside = <T extends ts.Node>(node: T): T => ts.visitEachChild(node, visit, context);
    const loops = loopsOf(names, cell, known, factory, inside);
    const isBoxed = (node: ts.Identifier): boolean => names.isEarlier(checker.getSymbolAtLocation(node));
    const identifier = (node: ts.Identifier): ts.Expression => {
      if (loops.isCopied(node)) return placed(factory.createIdentifier(copyOf(node.text)), node);
      return isBoxed(node) ? names.box(node.text, node) : node;
    };
    /** What is called without a `this`. */
    const called = (callee: ts.Expression): ts.Expression | undefined => {
      if (!ts.isIdentifier(callee) || loops.isCopied(callee) || !isBoxed(callee)) return undefined;
      const bare = factory.createComma(factory.createNumericLiteral(0), names.box(callee.text, callee));
      return placed(factory.createParenthesizedExpression(bare), callee);
    };
    const shorthand = (node: ts.ShorthandPropertyAssignment): ts.Node => {
      const { name, objectAssignmentInitializer: initial } = node;
      const isCopy = loops.isCopied(name);
      if (!isCopy && !names.isEarlier(checker.getShorthandAssignmentValueSymbol(node))) return inside(node);
      const target = isCopy ? factory.createIdentifier(copyOf(name.text)) : names.box(name.text, name);
      const value = initial ? factory.createAssignment(target, visit(initial) as ts.Expression) : target;
      return placed(factory.createPropertyAssignment(name.text, value), node);
    };
    const call = (node: ts.CallExpression): ts.Node => {
      const args = (): ts.Expression[] => node.arguments.map((one) => visit(one) as ts.Expression);
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
        return placed(runtimeCall(factory, "load", args()), node);
      const callee = called(node.expression);
      return callee ? factory.updateCallExpression(node, callee, undefined, args()) : inside(node);
    };
    for (const name of capturedIn(file, (node) => names.variableOf(node) !== undefined))
      known.captured.add(name);
    return factory.updateSourceFile(file, shownLast(file, cell, visit, factory));
  };
}

/** The statements of a cell, of which the last one, if it is an expression, hands on its value. */
function shownLast(
  file: ts.SourceFile,
  cell: CellText,
  visit: (node: ts.Node) => ts.Node,
  factory: ts.NodeFactory,
): ts.Statement[] {
  const own = file.statements.filter((one) => one.getStart(file) >= cell.prefix);
  const last = own.findLast((one) => one.getStart(file) < cell.end && !ts.isEmptyStatement(one));
  return own.map((one) => {
    const visited = visit(one) as ts.Statement;
    if (one !== last || !ts.isExpressionStatement(visited)) return visited;
    const shown = factory.createCallExpression(factory.createIdentifier(LAST), undefined, [
      visited.expression,
    ]);
    return placed(factory.createExpressionStatement(placed(shown, one)), one);
  });
}

function awaitsAtTop(file: ts.SourceFile): boolean {
  const awaits = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return true;
    if (
      ts.isVariableDeclarationList(node) &&
      (node.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing
    )
      return true;
    return ts.forEachChild(node, awaits) ?? false;
  };
  return ts.forEachChild(file, (node) => awaits(node) || undefined) ?? false;
}

/** Whether a variable is declared by a statement of the cell itself, and not of a block in it. */
function isAtTop(declaration: ts.Node): boolean {
  let at = declaration;
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at))
    at = at.parent;
  if (!ts.isVariableDeclaration(at)) return false;
  return ts.isVariableStatement(at.parent.parent) && ts.isSourceFile(at.parent.parent.parent);
}
