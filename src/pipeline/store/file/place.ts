import { statfsSync } from "node:fs";

/** Types of file systems as Linux numbers them (statfs(2)) on which SQLite's locks and shared memory are not to be trusted. */
const SHARED: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB"],
  [0x517b, "SMB"],
  [0x65735546, "FUSE"],
  [0x01021997, "9P"],
]);
const SYNCED = /[\\/](Dropbox|OneDrive|Google Drive|iCloud Drive|Mobile Documents|Nextcloud)([\\/ ]|$)/i;

/** Why a database should not lie in a folder, in words; undefined where nothing speaks against it. */
export function placeWarning(
  folder: string,
  typeOf: (folder: string) => number = fileSystemType,
): string | undefined {
  const synced = SYNCED.exec(folder);
  if (synced) return `${folder} is synchronised by ${synced[1]}, which can damage a database that is open`;
  const shared = SHARED.get(typeOf(folder));
  if (shared)
    return `${folder} lies on a ${shared} file system, where locks can fail and a database can be damaged`;
  return undefined;
}

function fileSystemType(folder: string): number {
  try {
    return statfsSync(folder).type >>> 0;
  } catch {
    return 0;
  }
}
