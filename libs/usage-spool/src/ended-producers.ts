import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ENDED = /^(.+)\.ended$/;
/** Longer than renewals are remembered: nobody asks for an older one. */
const FORGET_AFTER_MS = 2 * 3_600_000;

/** Leaves word in a folder of spools that the log has everything of a producer: its missing spool is no loss. */
export const noteEnded = (folder: string, producer: string): Promise<void> =>
  writeFile(join(folder, `${producer}.ended`), '', { mode: 0o600 });

/** The producers of the last two hours that ended so; older notes are taken away. */
export const endedProducers = async (folder: string, nowMs: number): Promise<ReadonlySet<string>> => {
  const ended = new Set<string>();
  for (const name of await readdir(folder)) {
    const [, producer] = ENDED.exec(name) ?? [];
    if (producer === undefined) continue;
    const path = join(folder, name);
    if ((await stat(path)).mtimeMs < nowMs - FORGET_AFTER_MS) await rm(path, { force: true });
    else ended.add(producer);
  }
  return ended;
};
