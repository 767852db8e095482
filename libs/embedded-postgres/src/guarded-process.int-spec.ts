import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startGuarded, type GuardedCommand } from '.';
import { familyOf, line, until } from '../testing';

const TYPESCRIPT = resolve(__dirname, '../../../test/testbench/typescript.cjs');

describe('a guarded process', () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'openclaw-guarded-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function command(script: string, more: Partial<GuardedCommand> = {}): GuardedCommand {
    return {
      argv: ['sh', '-c', script],
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      logFile: join(folder, 'log'),
      stopSignal: 'SIGTERM',
      graceMs: 200,
      ...more,
    };
  }

  it('tells how it ended, leaves its words in the log, and takes its guard with it', async () => {
    const guarded = startGuarded(command('echo hello; exit 3'));
    const family = familyOf(guarded.pid);
    expect(await guarded.exited).toEqual({ code: 3, signal: null });
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('hello\n');
    expect(family.alive()).toEqual([]);
  });

  it('that is not installed ends with 127, or 126 where a folder of the path is closed to us, and says so', async () => {
    const { code } = await startGuarded(command('', { argv: ['no-such-program'] })).exited;
    expect([126, 127]).toContain(code);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toContain('no-such-program');
  });

  it('that ignores the stop signal is killed, with its children', async () => {
    const guarded = startGuarded(command("trap '' TERM; sleep 100 & echo up; wait; sleep 100"));
    await until(() => readFileSync(join(folder, 'log'), 'utf8') === 'up\n');
    const family = familyOf(guarded.pid);
    expect(await guarded.stop()).toEqual({ code: null, signal: 'SIGKILL' });
    await until(() => family.alive().length === 0);
    expect(await guarded.stop()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('does not go on without its guard', async () => {
    const guarded = startGuarded(command('sleep 100'));
    const guard = familyOf(guarded.pid)
      .alive()
      .filter((pid) =>
        execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(' guard '),
      );
    expect(guard).toHaveLength(1);
    process.kill(Number(guard[0]), 'SIGKILL');
    expect((await guarded.exited).signal).toBe('SIGKILL');
  });

  it.each([
    ['obeys', 'sleep 100'],
    ['ignores the stop signal', "trap '' TERM; sleep 100; sleep 100"],
    ['is frozen', 'kill -s STOP $$; sleep 100'],
  ])('ends when its owner is killed, also one that %s', async (_, script) => {
    const removed = join(folder, 'data');
    mkdirSync(removed);
    const guarded = JSON.stringify(command(script, { removeOnCrash: removed }));
    const program = `console.log(require(${JSON.stringify(__dirname)}).startGuarded(${guarded}).pid)`;
    const owner = spawn(process.execPath, ['-r', TYPESCRIPT, '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const family = familyOf(Number(await line(owner)));
    expect(family.alive().length).toBeGreaterThan(1);
    const gone = once(owner, 'exit');
    owner.kill('SIGKILL');
    await gone;
    await until(() => family.alive().length === 0 && !existsSync(removed), 5_000);
  });
});
