import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishFolder } from '.';

describe('a published folder', () => {
  let folder: string;
  let target: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-published-'));
    target = join(folder, 'tool-1.0');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is one whole draft, however many publish at once', async () => {
    await Promise.all(
      Array.from({ length: 8 }, (_, maker) =>
        publishFolder(target, async (draft) => {
          for (const file of ['a', 'b']) await writeFile(join(draft, file), String(maker));
        }),
      ),
    );
    expect(readFileSync(join(target, 'a'), 'utf8')).toBe(readFileSync(join(target, 'b'), 'utf8'));
    expect(readdirSync(folder)).toEqual(['tool-1.0']);
  });

  it('is not there when it could not be filled, and can be tried again', async () => {
    const fill = () => Promise.reject(new Error('no network'));
    await expect(publishFolder(target, fill)).rejects.toThrow('no network');
    expect(readdirSync(folder)).toEqual([]);
    await publishFolder(target, () => Promise.resolve());
    expect(readdirSync(folder)).toEqual(['tool-1.0']);
  });

  it('takes away the draft of a maker that died, and leaves that of one that works', async () => {
    const { pid: dead } = spawnSync('true');
    for (const pid of [dead, process.pid]) mkdirSync(join(folder, `tool-1.0.draft-${pid}-0`));
    await publishFolder(target, () => Promise.resolve());
    expect(readdirSync(folder).sort()).toEqual(['tool-1.0', `tool-1.0.draft-${process.pid}-0`]);
  });
});
