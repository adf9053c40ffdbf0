import ts from "typescript-kernel";
import { placed, runtimeCall } from "./guards.ts";

/** What the kernel has loaded for the imports of a cell, in their order. */
export const STARTED = "__started";

/** What is found while a cell is compiled. */
export interface Parts {
  readonly imports: string[];
  /** What later cells find. */
  readonly names: string[];
  /** Names of earlier cells that this one uses. */
  readonly boxes: Set<string>;
}

/** What is left of `import` and `export`: constants of what the kernel has loaded, and plain declarations. */
export function withoutModules(parts: Parts): ts.TransformerFactory<ts.SourceFile> {
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
