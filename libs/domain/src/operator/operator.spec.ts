import { type OperatorCommand, type OperatorEvent, type Role, operator } from '../index';
import { NEW_YEAR, metaOf, specificationOf } from '../../testing';

const { given } = specificationOf(operator);
const add = (changes: object = {}, id = 'add'): OperatorCommand => ({
  type: 'AddOperator',
  meta: metaOf(id),
  operatorId: 'op-1',
  name: 'Ada',
  roles: ['issuer', 'auditor'],
  tokenHash: 'hash-1',
  ...changes,
});
const replace: OperatorCommand = { type: 'ReplaceOperatorToken', meta: metaOf('replace'), tokenHash: 'hash-2' };
const change = (its: readonly Role[], id = 'change'): OperatorCommand => ({
  type: 'ChangeOperatorRoles',
  meta: metaOf(id),
  roles: its,
});
const remove: OperatorCommand = { type: 'RemoveOperator', meta: metaOf('remove') };

const happened = (id: string) => ({ operatorId: 'op-1', at: NEW_YEAR, command: metaOf(id).command });
const roles: readonly Role[] = ['issuer', 'auditor'];
const added: OperatorEvent = {
  type: 'OperatorAdded',
  data: { ...happened('add'), name: 'Ada', roles, tokenHash: 'hash-1' },
};
const replaced: OperatorEvent = {
  type: 'OperatorTokenReplaced',
  data: { ...happened('replace'), tokenHash: 'hash-2' },
};
const changed: OperatorEvent = {
  type: 'OperatorRolesChanged',
  data: { ...happened('change'), before: roles, roles: ['admin', 'auditor'] },
};
const removed: OperatorEvent = { type: 'OperatorRemoved', data: happened('remove') };

describe('operator', () => {
  it('is added', () => given().when(add()).then(added));
  it('is added once: a retry is nothing', () => given(added).when(add()).thenNothing());
  it('refuses an id that is taken', () =>
    void given(added).when(add({}, 'other')).thenRejects('already-exists', 'operatorId'));

  it.each([
    ['name', ''],
    ['name', 'x'.repeat(201)],
    ['name', 'two\nlines'],
    ['roles', []],
    ['roles', ['admin', 'superuser']],
    ['roles', ['toString']],
  ])('refuses bad %s %j', (field, bad) => {
    given()
      .when(add({ [field]: bad }))
      .thenRejects('invalid-value', field);
  });

  it('changes roles, all at once and with the old ones', () =>
    given(added)
      .when(change(['auditor', 'admin', 'auditor']))
      .then(changed));
  it('has nothing to do when the roles are as asked, in whatever order', () =>
    given(added)
      .when(change(['auditor', 'issuer']))
      .thenNothing());
  it.each([[[]], [['superuser' as Role]]])('refuses the roles %j', (bad) => {
    given(added).when(change(bad)).thenRejects('invalid-value', 'roles');
  });
  it('changes no roles once removed', () =>
    void given(added, removed)
      .when(change(['admin']))
      .thenRejects('already-ended', 'operatorId'));

  it.each([replace, remove, change(['admin'])].map((command) => [command.type, command] as const))(
    'must exist for %s',
    (_, command) => {
      given().when(command).thenRejects('not-found', 'operatorId');
    },
  );

  it('gets another token', () => given(added).when(replace).then(replaced));
  it('is removed', () => given(added).when(remove).then(removed));
  it('is removed idempotently, by whomever', () =>
    given(added, removed)
      .when({ ...remove, meta: metaOf('somebody else') })
      .thenNothing());
  it('gets no token once removed', () =>
    void given(added, removed).when(replace).thenRejects('already-ended', 'operatorId'));
  it('does not come back under the same id', () =>
    void given(added, removed).when(add({}, 'again')).thenRejects('already-exists', 'operatorId'));

  it('knows a reused command id', () => {
    const other: OperatorCommand = { ...remove, meta: metaOf('replace', NEW_YEAR, 'another body') };
    given(added, replaced).when(other).thenRejects('command-id-reused', 'idempotencyKey');
  });

  it('folds', () => {
    expect(given(added).state).toMatchObject({ status: 'active', name: 'Ada', roles, tokenHash: 'hash-1' });
    expect(given(added, replaced).state).toMatchObject({ tokenHash: 'hash-2', roles });
    expect(given(added, changed).state).toMatchObject({ roles: ['admin', 'auditor'], tokenHash: 'hash-1' });
    expect(given(added, removed, replaced, changed, added).state).toEqual(given(added, removed).state);
    expect(given(replaced, removed).state).toEqual({ status: 'unknown' });
  });
});
