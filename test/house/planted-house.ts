import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** Path inside the house -> content. */
export type Files = Readonly<Record<string, string>>;

export interface PlantedHouse {
  /** Runs one of the house's tools inside the planted house; resolves with its standard output, whatever it exits with. */
  run(tool: string, args: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A small copy of the house in a temporary folder: the real .config, and only the files that are asked for. */
export const plantHouse = async (files: Files): Promise<PlantedHouse> => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-house-'));
  await cp(join(ROOT, '.config'), join(folder, '.config'), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return {
    run: (tool, args) => runIn(folder, join(ROOT, 'node_modules', tool), args),
    remove: () => rm(folder, { recursive: true }),
  };
};

const runIn = (folder: string, program: string, args: readonly string[]): Promise<string> =>
  new Promise((done, fail) => {
    const options = { cwd: folder, maxBuffer: 32 * 1024 * 1024 };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      // A tool that found violations exits with a code of its own; a tool that could not run says nothing.
      if (error && stdout === '') fail(new Error(`${program} said nothing: ${stderr}`));
      else done(stdout);
    });
  });
