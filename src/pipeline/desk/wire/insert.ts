import { refuse } from "../../../core/errors.ts";
import { decodeBlocks } from "../native/decode.ts";
import type { Post, Settings } from "./post.ts";

/**
 * What makes an insert real: it is answered when it is there, on each shard and on most replicas. It is never taken for one
 * that was there before, since a block that was lost has to be sent again just as it was; a repeated trade is recognised by
 * its id. History of many months goes in at once.
 */
export const INSERT: Settings = {
  async_insert: 0,
  distributed_foreground_insert: 1,
  insert_quorum: "auto",
  insert_quorum_parallel: 1,
  // shorter than the relay's own patience: the server then says what it waited for
  insert_quorum_timeout: 60_000,
  insert_deduplicate: 0,
  wait_end_of_query: 1,
  max_partitions_per_insert_block: 0,
};

/** Refuses a server that answers before an insert is there whatever it is asked for: a proxy in between may drop settings. */
export async function checkInserts(post: Post, label: string): Promise<void> {
  const differs = (name: string): string =>
    `toFloat64(countIf(name = '${name}' AND value != '${INSERT[name]}')) AS ${name}_`;
  const names = ["async_insert", "distributed_foreground_insert"];
  const sql = `SELECT ${names.map(differs).join(", ")} FROM system.settings FORMAT Native`;
  const { columns } = decodeBlocks(await post(sql, { settings: INSERT }));
  const other = names.find((name) => columns[`${name}_`]![0] !== 0);
  if (other === undefined) return;
  refuse({
    code: "insert-not-waited-for",
    where: label,
    problem: `needs inserts that are answered once they are there; it keeps ${other} from being ${INSERT[other]}`,
    hint: "Let a proxy in between pass the settings that stand in the address, or set it so in the profile of the relay's user.",
  });
}
