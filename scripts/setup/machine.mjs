import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { SetupError } from "./errors.mjs";
import { root, state, windows } from "./paths.mjs";

const oldestPython = [3, 10];

/** The set-up writes into the project's folder: better known before anything else is done. */
export function checkWritable() {
  const probe = state(`probe-${process.pid}`);
  try {
    fs.mkdirSync(state(), { recursive: true });
    fs.writeFileSync(probe, "");
    fs.rmSync(probe);
  } catch (error) {
    throw new SetupError(
      `the folder ${root} must be writable; writing to ${path.dirname(probe)} failed (${error.code})`,
      "Make it yours, or clone the project into a folder of your own",
    );
  }
}

const question = `
import json, sys
try:
    import importlib.util as u
    venv = u.find_spec("venv") is not None and u.find_spec("ensurepip") is not None
except Exception:
    venv = False
print(json.dumps({"version": list(sys.version_info[:3]), "executable": sys.executable, "venv": venv}))
`;

function ask(command, args) {
  return new Promise((resolve) => {
    execFile(command, [...args, "-c", question], { timeout: 20_000, windowsHide: true }, (error, out) => {
      if (error) return resolve(undefined);
      try {
        resolve(JSON.parse(out.trim()));
      } catch {
        resolve(undefined);
      }
    });
  });
}

const newEnough = (version) =>
  version[0] > oldestPython[0] || (version[0] === oldestPython[0] && version[1] >= oldestPython[1]);

/** The first Python on the machine that can make the project's environment: its version and the path of its program. */
export async function findPython() {
  const names = [
    ["python3"],
    ["python"],
    ...(windows ? [["py", "-3"]] : []),
    ...[14, 13, 12, 11, 10].map((minor) => [`python3.${minor}`]),
  ];
  const found = [];
  for (const [command, ...args] of names) {
    const answer = await ask(command, args);
    if (answer === undefined) continue;
    const python = { command, ...answer, text: answer.version.join(".") };
    if (newEnough(python.version) && python.venv) return python;
    found.push(python);
  }
  const needed = `Python ${oldestPython.join(".")} or newer is needed for JupyterLab`;
  const withoutVenv = found.find((python) => newEnough(python.version));
  if (withoutVenv !== undefined) {
    throw new SetupError(
      `${needed}, with its venv module; ${withoutVenv.executable} (${withoutVenv.text}) has no venv or no ensurepip`,
      `Install it (on Debian and Ubuntu: apt install python${withoutVenv.version.slice(0, 2).join(".")}-venv) and run the command again`,
    );
  }
  if (found.length > 0) {
    const all = found.map((python) => `${python.command} is ${python.text}`).join(", ");
    throw new SetupError(`${needed}; ${all}`, "Install a newer one and run the command again");
  }
  throw new SetupError(
    `${needed}; none was found (tried ${names
      .slice(0, windows ? 3 : 2)
      .map((n) => n.join(" "))
      .join(", ")})`,
    "Install it (on Debian and Ubuntu: apt install python3 python3-venv) and run the command again",
  );
}
