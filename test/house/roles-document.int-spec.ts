import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PERMISSIONS, ROLES, rolesWith } from '@openclaw/domain';
import { ROOT } from './planted-house';

const text = readFileSync(join(ROOT, 'docs/reference/roles.md'), 'utf8');

/** Cells of each row of the table whose first cell is a permission. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())); // prettier-ignore

describe('docs/reference/roles.md', () => {
  it('has a row for each permission, in the order of the code, and no other', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(PERMISSIONS).map((name) => `\`${name}\``));
  });

  it('has a column for each role', () => {
    const head = text.split('\n').find((line) => line.startsWith('| permission'));
    expect(head?.split('|').slice(3, -1).map((cell) => cell.trim())).toEqual(ROLES); // prettier-ignore
  });

  it.each(Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[])('says of %s what the guard does', (permission) => {
    const row = rows.find(([name]) => name === `\`${permission}\``) ?? [];
    expect(row[1]).not.toBe('');
    const told = ROLES.filter((_, column) => row[column + 2] === 'yes');
    expect(told).toEqual(ROLES.filter((role) => rolesWith(permission).includes(role)));
  });
});
