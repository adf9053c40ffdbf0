import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../support/project.ts";

const PACKAGES = ["clickhouse-server", "zookeeper", "default-jre-headless"];
const folder = join(projectRoot, ".tickbook", "desk-cluster");

/** Where Debian's programs lie, or why they cannot be had. */
export type Debian = { readonly root: string } | { readonly missing: string };

/**
 * Debian's ClickHouse of 2018 and its ZooKeeper, unpacked into a folder of the project's own: nothing is installed, no service
 * starts. Needs root, for apt, and the way to Debian's archive.
 */
export function debianServers(): Debian {
  if (process.env.TICKBOOK_NO_CLUSTER !== undefined) return { missing: "TICKBOOK_NO_CLUSTER is set" };
  const root = join(folder, "root");
  const stamp = join(folder, "done");
  if (existsSync(stamp)) return { root };
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return { missing: "they need Linux and root" };
  const debs = join(folder, "debs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(debs, "partial"), { recursive: true });
  mkdirSync(root, { recursive: true });
  const run = (program: string, ...args: string[]): void => {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    execFileSync(program, args, { env, stdio: ["ignore", "ignore", "pipe"], timeout: 300_000 });
  };
  try {
    run("apt-get", "update", "-qq");
    const only = ["--download-only", "--no-install-recommends", "-o", `Dir::Cache::archives=${debs}`];
    run("apt-get", "install", "-y", "-qq", ...only, ...PACKAGES);
    for (const name of readdirSync(debs).filter((one) => one.endsWith(".deb")))
      run("dpkg", "-x", join(debs, name), root);
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error).trim();
    return { missing: `apt could not get ${PACKAGES.join(", ")}: ${said.slice(0, 300)}` };
  }
  rmSync(debs, { recursive: true, force: true });
  if (!existsSync(join(root, "usr", "sbin", "clickhouse-server")))
    return { missing: "Debian's clickhouse-server of 2018 is not among this system's packages" };
  writeFileSync(stamp, "");
  return { root };
}
