import ts from "typescript-kernel";

/** A name that a cell has declared at its top, for the cells after it. */
export interface CellName {
  /** The file of the cell, without its ending. */
  readonly file: string;
  /** Later cells may give it another value. */
  readonly assignable: boolean;
}

/** The names that cells have declared so far; the newest declaration of a name is the one that counts. */
export type CellScope = ReadonlyMap<string, CellName>;

/** What a cell declares at its top. */
export interface Declared {
  readonly name: string;
  readonly assignable: boolean;
  readonly exported: boolean;
}

/** The names that a cell declares: those of its top level, and each `var` outside of functions. */
export function declaredIn(file: ts.SourceFile): Declared[] {
  const found = new Map<string, Declared>();
  const add = (name: string, assignable: boolean, exported: boolean): void => {
    if (!found.has(name)) found.set(name, { name, assignable, exported });
  };
  const addBinding = (name: ts.BindingName, assignable: boolean, exported: boolean): void => {
    if (ts.isIdentifier(name)) add(name.text, assignable, exported);
    else
      for (const one of name.elements)
        if (ts.isBindingElement(one)) addBinding(one.name, assignable, exported);
  };
  const addList = (list: ts.VariableDeclarationList, exported: boolean): void => {
    const assignable =
      (list.flags & ts.NodeFlags.BlockScoped) === 0 ||
      (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Let;
    for (const one of list.declarations) addBinding(one.name, assignable, exported);
  };
  const visitVars = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isModuleDeclaration(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0)
      addList(node, false);
    ts.forEachChild(node, visitVars);
  };
  for (const statement of file.statements) {
    const exported = ts.canHaveModifiers(statement) && hasExport(statement);
    if (ts.isVariableStatement(statement)) addList(statement.declarationList, exported);
    else if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings } = statement.importClause ?? {};
      if (name) add(name.text, false, false);
      if (namedBindings && ts.isNamespaceImport(namedBindings)) add(namedBindings.name.text, false, false);
      else if (namedBindings) for (const one of namedBindings.elements) add(one.name.text, false, false);
    } else if (ts.isImportEqualsDeclaration(statement)) add(statement.name.text, false, exported);
    else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isEnumDeclaration(statement) ||
      (ts.isModuleDeclaration(statement) &&
        ts.isIdentifier(statement.name) &&
        statement.name.text !== "global")
    ) {
      const isDefault = hasModifier(statement, ts.SyntaxKind.DefaultKeyword);
      if (statement.name) add(statement.name.text, false, exported && !isDefault);
    } else visitVars(statement);
  }
  return [...found.values()];
}

function hasExport(node: ts.Statement): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((one) => one.kind === kind) ?? false);
}

/**
 * One line that brings what earlier cells have declared, as far as a cell names it: what may be given another value as
 * a variable of the same type, everything else as an import. The text of the cell follows it.
 */
export function prefixOf(file: ts.SourceFile, declared: readonly Declared[], scope: CellScope): string {
  const own = new Set(declared.map(({ name }) => name));
  const used = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && scope.has(node.text) && !own.has(node.text)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return `${prefixFor(used, scope)}\n`;
}

/** The line for these names. */
export function prefixFor(names: Iterable<string>, scope: CellScope): string {
  return [...names]
    .map((name) => {
      const { file, assignable } = scope.get(name)!;
      return assignable
        ? `declare let ${name}: typeof import("./${file}").${name};`
        : `import { ${name} } from "./${file}";`;
    })
    .join(" ");
}

/** A line that hands everything declared on to later cells. */
export function suffixOf(declared: readonly Declared[]): string {
  const names = declared.filter(({ exported }) => !exported).map(({ name }) => name);
  return names.length > 0 ? `\nexport { ${names.join(", ")} };` : "";
}
