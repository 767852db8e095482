import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAbandoned } from '@openclaw/embedded-postgres';

const PREFIX = 'openclaw-bench-';

/** A fresh folder for one server's data. Folders of processes that no longer live are removed first. */
export async function benchFolder(kind: string): Promise<string> {
  await removeAbandoned(tmpdir(), PREFIX);
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-${kind}-`));
}
