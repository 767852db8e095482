import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from './mutants';

const ROOT = join(__dirname, '../../..');

/** A mutant that does not fit any more would be the product, and its experiment would say "missed" after minutes. */
describe('each mutant of the services fits the compiled product', () => {
  const edits = Object.entries(MUTANTS).flatMap(([mutant, all]) => all.map((edit) => ({ mutant, ...edit })));

  it.each(edits)('$mutant, in $file', ({ file, from, to }) => {
    const path = ['libs', 'apps'].map((kind) => join(ROOT, kind, file)).find(existsSync);
    const text = readFileSync(path ?? file, 'utf8');
    expect(text.split(from).length - 1).toBe(1);
    expect(to).not.toBe(from);
  });
});
