import { TickbookError } from "../../core/errors.ts";

/** For code that TypeScript does not take: what other kernels understand by it, and what to write here instead. */
export function notTypescript(source: string): TickbookError | undefined {
  const first = source.trimStart().split("\n", 1)[0]!.trim();
  const added = /^!*\s*(?:npm|yarn|pnpm)\s+(?:i|install|add)\s+([\w@./-]+)$/.exec(first);
  if (added)
    return noShell(first, `Add it in a terminal, in the project's folder: npm run add -- ${added[1]}`);
  const shell =
    /^!{1,2}\s*([\w./~-]+.*)$/.exec(first) ?? /^((?:npm|npx|pip3?|conda|cd|git)\s+[\w@./-]+.*)$/.exec(first);
  if (shell) return noShell(first, `Run it with: ${execSync(shell[1]!)}`);
  const magic = /^%{1,2}([a-zA-Z]\w*)/.exec(first);
  if (magic) return noMagic(magic[0], magic[1]!);
  const asked = /^help\(\s*([\w$.]+)\s*\)$/.exec(first);
  if (asked) return noHelp(asked[1]!);
  const help = /^\?{1,2}\s*([\w$.]+)$|^([\w$.]+)\s*\?{1,2}$/.exec(first);
  return help ? noHelp(help[1] ?? help[2]!) : undefined;
}

const execSync = (command: string): string =>
  `import { execSync } from "node:child_process"; execSync(${JSON.stringify(command)}, { stdio: "inherit" });`;

function noShell(command: string, hint: string): TickbookError {
  return new TickbookError({
    code: "no-shell",
    where: command,
    problem: "cells hold TypeScript; a command of the shell is not one",
    hint,
    facts: { command },
  });
}

function noMagic(magic: string, name: string): TickbookError {
  const instead: Readonly<Record<string, string>> = {
    time: 'Measure with console.time("it"); … console.timeEnd("it");',
    timeit: 'Measure with console.time("it"); … console.timeEnd("it");',
    cd: "Change the folder with process.chdir(path).",
    pwd: "Ask for it with process.cwd().",
    ls: 'List with: import { readdirSync } from "node:fs"; readdirSync(".").',
    env: "Read and set process.env.NAME.",
    bash: 'Run commands with execSync of "node:child_process".',
    sh: 'Run commands with execSync of "node:child_process".',
    pip: "Add packages to the project with npm.",
    npm: "Add packages in a terminal, in the project's folder.",
    reset: "Restart the kernel: Kernel > Restart Kernel.",
  };
  return new TickbookError({
    code: "no-magic",
    where: magic,
    problem: "cells hold TypeScript; this kernel has no magic commands",
    hint: instead[name] ?? "Leave the line out.",
    facts: { magic },
  });
}

function noHelp(name: string): TickbookError {
  return new TickbookError({
    code: "no-help",
    where: `${name}?`,
    problem: "cells hold TypeScript, in which this asks nothing",
    hint: `Set the cursor behind ${name} and press Shift-Tab to see what it is.`,
    facts: { name },
  });
}
