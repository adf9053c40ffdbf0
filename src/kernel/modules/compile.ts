import { basename, extname } from "node:path";
import ts from "typescript-kernel";
import { refuse } from "../../core/errors.ts";
import { guardAwaits, placed, RUNTIME, runtimeCall } from "../language/guards.ts";
import type { Service } from "../language/service.ts";
import type { LocalFile } from "./files.ts";
import { isLocal } from "./places.ts";

export interface Compiled {
  /** A module; its first line is the kernel's. */
  readonly code: string;
  /** From its lines without the first to the file's. */
  readonly map: string;
}

/** A file of the user's own as a module of which the kernel can stop the awaits, and which says when it has run. */
export function compileFile(service: Service, file: LocalFile, url: string): Compiled {
  const head = `const ${RUNTIME} = globalThis[Symbol.for("tickbook.files")](${JSON.stringify(file.path)});\n`;
  const foot = `\n;globalThis[Symbol.for("tickbook.finished")](${JSON.stringify(url)});`;
  if (extname(file.path) === ".json") return { code: head + jsonModule(file) + foot, map: "{}" };
  const parsed = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, false);
  if (/\.c?js$/.test(file.path) && !isModule(parsed)) {
    return { code: head + commonModule(plain(file.text)) + foot, map: "{}" };
  }
  const emitted = emit(service, file);
  const code = plain(emitted.code);
  return { code: head + (file.path.endsWith(".cts") ? commonModule(code) : code) + foot, map: emitted.map };
}

/** Without what only the first line, or a tool, may hold; lines stay lines. */
function plain(code: string): string {
  return code.replace(/^#!/, "//").replace(/\n\/\/# sourceMappingURL=[^\n]*\s*$/, "\n");
}

function emit(service: Service, file: LocalFile): Compiled {
  const program = service.program();
  const known = program.getSourceFile(file.path);
  const transformers = { before: [guardAwaits(file.path)], after: [pickImports()] };
  if (known && known.text === file.text && !/\.[cm]?jsx?$/.test(file.path)) {
    let code = "";
    let map = "{}";
    const write = (name: string, text: string): void => {
      if (name.endsWith(".map")) map = text;
      else if (/\.[cm]?js$/.test(name)) code = text;
    };
    program.emit(known, write, undefined, false, transformers);
    if (code !== "" || file.text.trim() === "") return { code, map };
  }
  const { outputText, sourceMapText } = ts.transpileModule(file.text, {
    fileName: file.path,
    compilerOptions: { ...service.options, outDir: undefined as never },
    transformers,
  });
  return { code: outputText, map: sourceMapText ?? "{}" };
}

function isModule(file: ts.SourceFile): boolean {
  const inside = (node: ts.Node): boolean =>
    ts.isMetaProperty(node) ||
    (!ts.isFunctionLike(node) && (ts.isAwaitExpression(node) || (ts.forEachChild(node, inside) ?? false)));
  return file.statements.some(
    (one) =>
      ts.isImportDeclaration(one) ||
      ts.isExportDeclaration(one) ||
      ts.isExportAssignment(one) ||
      (ts.canHaveModifiers(one) &&
        ts.getModifiers(one)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) ||
      inside(one),
  );
}

/** Its values by name, too, as TypeScript and bundlers have it. */
function jsonModule({ path, text }: LocalFile): string {
  const value = parsedJson(path, text);
  const names =
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default")
      : [];
  const exported = names.map(
    (name, k) => `const _${k} = value[${JSON.stringify(name)}]; export { _${k} as ${name} };`,
  );
  return `const value = ${JSON.stringify(value)}; export default value; ${exported.join(" ")}`;
}

function parsedJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (problem) {
    return refuse({
      code: "bad-json",
      where: "import",
      problem: `JSON is needed in ${basename(path)}; it is none (${(problem as Error).message})`,
      hint: "Mend the file, then run the cell again.",
      facts: { path },
    });
  }
}

/** CommonJS: run as a function; its names are what it exports, found in its text. */
function commonModule(code: string): string {
  const names = new Set<string>();
  for (const [, name] of code.matchAll(/\bexports\.([A-Za-z_$][\w$]*)\s*=/g)) names.add(name!);
  for (const [, list] of code.matchAll(/\bmodule\.exports\s*=\s*\{([^{}]*)\}/g)) {
    for (const [, name] of list!.matchAll(/(?:^|,)\s*([A-Za-z_$][\w$]*)/g)) names.add(name!);
  }
  names.delete("default");
  const exported = [...names].map(
    (name, k) => `const _${k} = module.exports.${name}; export { _${k} as ${name} };`,
  );
  return `const module = { exports: {} }; (function (exports, require, module, __filename, __dirname) {${code}
}).call(module.exports, module.exports, ${RUNTIME}.require, module, ${RUNTIME}.path, ${RUNTIME}.folder); const whole = module.exports; export { whole as "module.exports" }; export default whole; ${exported.join(" ")}`;
}

/** Imports of packages, picked from their namespaces: what is in CommonJS then gives what TypeScript believes that it gives. */
function pickImports(): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    let count = 0;
    const visit = (node: ts.Statement): ts.Statement | ts.Statement[] => {
      if (!ts.isImportDeclaration(node) || !node.importClause) return node;
      const specifier = (node.moduleSpecifier as ts.StringLiteral).text;
      if (isLocal(specifier) || specifier.startsWith("node:")) return node;
      const module = factory.createIdentifier(`__package${count++}`);
      const { name, namedBindings } = node.importClause;
      const made: ts.VariableDeclaration[] = [];
      const add = (as: ts.Identifier, value: ts.Expression): void => {
        made.push(factory.createVariableDeclaration(as, undefined, undefined, value));
      };
      const picked = (of: string): ts.Expression =>
        runtimeCall(factory, "pick", [
          module,
          factory.createStringLiteral(of),
          factory.createStringLiteral(specifier),
        ]);
      if (name) add(name, picked("default"));
      if (namedBindings && ts.isNamespaceImport(namedBindings))
        add(namedBindings.name, runtimeCall(factory, "all", [module]));
      else if (namedBindings)
        for (const one of namedBindings.elements) add(one.name, picked((one.propertyName ?? one.name).text));
      const clause = factory.createImportClause(undefined, undefined, factory.createNamespaceImport(module));
      const whole = placed(factory.createImportDeclaration(undefined, clause, node.moduleSpecifier), node);
      const list = factory.createVariableDeclarationList(made, ts.NodeFlags.Const);
      return [whole, placed(factory.createVariableStatement(undefined, list), node)];
    };
    return factory.updateSourceFile(file, file.statements.flatMap(visit));
  };
}
