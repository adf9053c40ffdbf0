import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeFolder } from "../../pipeline/store/file/folder.ts";
import { projectRoot } from "../project.ts";

/**
 * Opens the user's browser at an address; where there is none, nothing happens. The browser is given a private file that
 * leads there: a command line can be read by every user of the machine, and the address holds the token.
 */
export function openBrowser(address: string): void {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform === "linux" && DISPLAY === undefined && WAYLAND_DISPLAY === undefined) return;
  const folder = join(projectRoot, ".tickbook");
  makeFolder(folder);
  const page = join(folder, "open.html");
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${address}"><title>JupyterLab</title>\n`,
    { mode: 0o600 },
  );
  const file = pathToFileURL(page).href;
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", file]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler", file]
        : ["xdg-open", file];
  const child = spawn(command!, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
