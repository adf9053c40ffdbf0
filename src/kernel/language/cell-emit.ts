import ts from "typescript-kernel";
import { type CellScope, type Declared, declaredIn, prefixOf, suffixOf } from "./cell-scope.ts";
import { guarded, placed, RUNTIME, runtimeCall } from "./guards.ts";

/** A cell as it is type-checked: one line in front that brings earlier names, one behind that hands its own on. */
export interface CellText {
  readonly text: string;
  readonly prefix: number;
  readonly end: number;
  readonly declared: readonly Declared[];
}

export function cellText(source: string, scope: CellScope): CellText {
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
const STARTED = "__started";

export function emitCell(program: ts.Program, path: string, cell: CellText): EmittedCell {
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
      before: [fromScope(program.getTypeChecker(), cell, parts)],
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

interface Parts {
  readonly imports: string[];
  /** What later cells find. */
  readonly names: string[];
  /** Names of earlier cells that this one uses. */
  readonly boxes: Set<string>;
}

function boxOf(name: string): string {
  return `__of_${name}`;
}

/** Reads earlier names where the kernel keeps them, guards awaits, and hands on the value of the last expression. */
function fromScope(
  checker: ts.TypeChecker,
  cell: CellText,
  parts: Parts,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    const isEarlier = (symbol: ts.Symbol | undefined): boolean =>
      symbol?.declarations?.some((one) => one.getSourceFile() === file && one.getStart(file) < cell.prefix) ??
      false;
    const box = (name: string, from: ts.Node): ts.Expression => {
      parts.boxes.add(name);
      return placed(factory.createPropertyAccessExpression(factory.createIdentifier(boxOf(name)), "v"), from);
    };
    const called = (callee: ts.Expression): ts.Expression | undefined => {
      if (!ts.isIdentifier(callee) || !isEarlier(checker.getSymbolAtLocation(callee))) return undefined;
      // without a `this`
      return placed(
        factory.createParenthesizedExpression(
          factory.createComma(factory.createNumericLiteral(0), box(callee.text, callee)),
        ),
        callee,
      );
    };
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return node;
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
      if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) return node;
      if (ts.isIdentifier(node)) {
        return isEarlier(checker.getSymbolAtLocation(node)) ? box(node.text, node) : node;
      }
      if (ts.isShorthandPropertyAssignment(node)) return shorthand(node);
      if (ts.isCallExpression(node)) return call(node);
      if (ts.isTaggedTemplateExpression(node)) {
        const tag = called(node.tag);
        return factory.updateTaggedTemplateExpression(
          node,
          tag ?? (visit(node.tag) as ts.Expression),
          undefined,
          visit(node.template) as ts.TemplateLiteral,
        );
      }
      if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
        return placed(
          factory.createPropertyAccessExpression(factory.createIdentifier(RUNTIME), "meta"),
          node,
        );
      }
      return guarded(node, factory, visit) ?? ts.visitEachChild(node, visit, context);
    };
    const shorthand = (node: ts.ShorthandPropertyAssignment): ts.Node => {
      if (!isEarlier(checker.getShorthandAssignmentValueSymbol(node)))
        return ts.visitEachChild(node, visit, context);
      const target = box(node.name.text, node.name);
      const value = node.objectAssignmentInitializer
        ? factory.createAssignment(target, visit(node.objectAssignmentInitializer) as ts.Expression)
        : target;
      return placed(factory.createPropertyAssignment(node.name.text, value), node);
    };
    const call = (node: ts.CallExpression): ts.Node => {
      const args = (): ts.Expression[] => node.arguments.map((one) => visit(one) as ts.Expression);
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
        return placed(runtimeCall(factory, "load", args()), node);
      const callee = called(node.expression);
      if (!callee) return ts.visitEachChild(node, visit, context);
      return factory.updateCallExpression(node, callee, undefined, args());
    };
    const own = file.statements.filter((one) => one.getStart(file) >= cell.prefix);
    const last = own.findLast((one) => one.getStart(file) < cell.end && !ts.isEmptyStatement(one));
    const statements = own.map((one) => {
      const visited = visit(one) as ts.Statement;
      if (one !== last || !ts.isExpressionStatement(visited)) return visited;
      const shown = factory.createCallExpression(factory.createIdentifier(LAST), undefined, [
        visited.expression,
      ]);
      return placed(factory.createExpressionStatement(placed(shown, one)), one);
    });
    return factory.updateSourceFile(file, statements);
  };
}

/** What is left of `import` and `export`: constants of what the kernel has loaded, and plain declarations. */
function withoutModules(parts: Parts): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    const noteList = (list: ts.VariableDeclarationList): void => {
      const note = (name: ts.BindingName): void => {
        if (ts.isIdentifier(name)) parts.names.push(name.text);
        else for (const one of name.elements) if (ts.isBindingElement(one)) note(one.name);
      };
      for (const one of list.declarations) note(one.name);
    };
    const plain = (modifiers: ts.NodeArray<ts.ModifierLike> | undefined): ts.Modifier[] =>
      (modifiers?.filter(
        (one) =>
          ts.isModifier(one) &&
          one.kind !== ts.SyntaxKind.ExportKeyword &&
          one.kind !== ts.SyntaxKind.DefaultKeyword,
      ) ?? []) as ts.Modifier[];
    const isExported = (modifiers: ts.NodeArray<ts.ModifierLike> | undefined): boolean =>
      modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword) ?? false;
    const visit = (node: ts.Statement): ts.Statement | ts.Statement[] => {
      if (ts.isImportDeclaration(node)) return imported(node);
      if (ts.isExportDeclaration(node)) {
        if (node.moduleSpecifier) parts.imports.push((node.moduleSpecifier as ts.StringLiteral).text);
        else if (node.exportClause && ts.isNamedExports(node.exportClause)) {
          for (const one of node.exportClause.elements) parts.names.push((one.propertyName ?? one.name).text);
        }
        return [];
      }
      if (ts.isExportAssignment(node))
        return placed(factory.createExpressionStatement(node.expression), node);
      if (ts.isVariableStatement(node) && isExported(node.modifiers)) {
        noteList(node.declarationList);
        return factory.updateVariableStatement(node, plain(node.modifiers), node.declarationList);
      }
      if (ts.isFunctionDeclaration(node) && isExported(node.modifiers)) {
        if (node.name) parts.names.push(node.name.text);
        const { asteriskToken, name = factory.createIdentifier("__default"), parameters, body } = node;
        return factory.updateFunctionDeclaration(
          node,
          plain(node.modifiers),
          asteriskToken,
          name,
          undefined,
          parameters,
          undefined,
          body,
        );
      }
      if (ts.isClassDeclaration(node) && isExported(node.modifiers)) {
        if (node.name) parts.names.push(node.name.text);
        const { name = factory.createIdentifier("__default"), heritageClauses, members } = node;
        return factory.updateClassDeclaration(
          node,
          plain(node.modifiers),
          name,
          undefined,
          heritageClauses,
          members,
        );
      }
      return node;
    };
    const imported = (node: ts.ImportDeclaration): ts.Statement[] => {
      const specifier = (node.moduleSpecifier as ts.StringLiteral).text;
      const at = parts.imports.push(specifier) - 1;
      const module = factory.createElementAccessExpression(factory.createIdentifier(STARTED), at);
      const { name, namedBindings } = node.importClause ?? {};
      const picked = (as: ts.Identifier, of: string): ts.VariableDeclaration => {
        const value = runtimeCall(factory, "pick", [
          module,
          factory.createStringLiteral(of),
          factory.createStringLiteral(specifier),
        ]);
        return factory.createVariableDeclaration(as, undefined, undefined, value);
      };
      const made: ts.VariableDeclaration[] = [];
      if (name) made.push(picked(name, "default"));
      if (namedBindings && ts.isNamespaceImport(namedBindings)) {
        const all = runtimeCall(factory, "all", [module]);
        made.push(factory.createVariableDeclaration(namedBindings.name, undefined, undefined, all));
      } else if (namedBindings) {
        for (const one of namedBindings.elements)
          made.push(picked(one.name, (one.propertyName ?? one.name).text));
      }
      if (made.length === 0) return [];
      const list = factory.createVariableDeclarationList(made, ts.NodeFlags.Const);
      return [placed(factory.createVariableStatement(undefined, list), node)];
    };
    return factory.updateSourceFile(file, file.statements.flatMap(visit));
  };
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
