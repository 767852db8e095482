import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expectGolden, UPDATE_VARIABLE } from '@openclaw/contracts/testing';
import { protoPath as healthProto } from 'grpc-health-check';
import { DESCRIPTORS_FILE, fileDescriptors } from './file-descriptors';

const room = resolve(__dirname, '../..');
const GOLDEN = resolve(room, 'golden/proto-image.json');

/** Runs buf from npm; it needs no network, because our protos import nothing but the well-known types. */
const buf = (
  ...args: readonly string[]
): { readonly ok: boolean; readonly output: string; readonly problems: string } => {
  const run = spawnSync(process.execPath, [require.resolve('@bufbuild/buf/bin/buf'), ...args], {
    cwd: room,
    encoding: 'utf8',
  });
  return { ok: run.status === 0, output: run.stdout, problems: `${run.stdout}${run.stderr}` };
};

/** The descriptor of everything we publish, one field a line, so that a review reads what changed. */
const image = (): string => {
  const built = buf('build', '--exclude-source-info', '-o', '-#format=json');
  if (!built.ok) throw new Error(built.problems);
  return `${JSON.stringify(JSON.parse(built.output), null, 1)}\n`;
};

/** What reflection serves: sets of files concatenate to one set. */
const descriptors = (): Buffer => Buffer.concat([room, dirname(dirname(dirname(healthProto)))].map(compiled));

const compiled = (folder: string): Buffer => {
  const args = ['build', folder, '--exclude-source-info', '--as-file-descriptor-set', '-o', '-#format=binpb'];
  const run = spawnSync(process.execPath, [require.resolve('@bufbuild/buf/bin/buf'), ...args], { cwd: room });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return run.stdout;
};

describe('proto files, judged by buf', () => {
  it('keep the STANDARD rules and say what each message is for', () => {
    const { ok, problems } = buf('lint');
    expect([ok, problems]).toEqual([true, '']);
  });

  it('break no client that was generated from the stored descriptor (FILE rules)', () => {
    if (process.env[UPDATE_VARIABLE] === '1' && !existsSync(GOLDEN)) return;
    const { ok, problems } = buf('breaking', '--against', 'golden/proto-image.json');
    expect([ok, problems]).toEqual([true, '']);
  });

  it('never drift from the stored descriptor', () => expectGolden(GOLDEN, image()));

  it('are what reflection serves, whole and compiled', () => {
    const now = descriptors();
    if (process.env[UPDATE_VARIABLE] === '1') writeFileSync(DESCRIPTORS_FILE, now);
    expect(readFileSync(DESCRIPTORS_FILE).equals(now)).toBe(true);
    const texts = fileDescriptors().map((file) => file.toString('latin1'));
    const names = [
      'google/protobuf/timestamp.proto',
      'openclaw/validator/v1/validator.proto',
      'health/v1/health.proto',
    ];
    for (const name of names) expect(texts.some((text) => text.slice(2).startsWith(name))).toBe(true);
  });
});
