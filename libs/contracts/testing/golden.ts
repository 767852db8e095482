import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

/** Set to 1 to write golden files anew instead of comparing: after reading why they differ, never to make a test pass. */
export const UPDATE_VARIABLE = 'OPENCLAW_UPDATE_GOLDEN';

/**
 * Asserts that `actual` is, to the byte, what the golden file holds. A wire form that others store or send may not
 * drift unseen: a difference is either a mistake or a decision, and a decision shows in the review as a changed file.
 */
export const expectGolden = (file: string, actual: string): void => {
  if (process.env[UPDATE_VARIABLE] === '1') return write(file, actual);
  const expected = read(file);
  if (expected === undefined) {
    throw new Error(`${relative(process.cwd(), file)} is missing; write it with ${UPDATE_VARIABLE}=1 and review it`);
  }
  expect(actual).toBe(expected);
};

/** As `expectGolden`, for a value that is stored as JSON. */
export const expectGoldenJson = (file: string, actual: unknown): void =>
  expectGolden(file, `${JSON.stringify(actual, null, 2)}\n`);

const write = (file: string, text: string): void => {
  if (process.env['CI'] !== undefined) throw new Error(`${UPDATE_VARIABLE} is for people, not for CI`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};
