import { type MasterKeyCommand, type MasterKeyEvent, masterKey } from '../index';
import { NEW_YEAR, metaOf, specificationOf } from '../../testing';

const { given } = specificationOf(masterKey);
const secret = (version: string) => ({ name: 'openai', version });
const register = (changes: object = {}, id = 'register'): MasterKeyCommand => ({
  type: 'RegisterMasterKey',
  meta: metaOf(id),
  masterKeyId: 'mk-1',
  label: 'production',
  provider: 'openai',
  secret: secret('1'),
  ...changes,
});
const disable: MasterKeyCommand = { type: 'DisableMasterKey', meta: metaOf('disable') };
const enable: MasterKeyCommand = { type: 'EnableMasterKey', meta: metaOf('enable') };
const revoke: MasterKeyCommand = { type: 'RevokeMasterKey', meta: metaOf('revoke') };
const rotate = (version: string): MasterKeyCommand => ({
  type: 'RotateMasterKey',
  meta: metaOf(`rotate ${version}`),
  secret: secret(version),
});

const happened = (id: string) => ({ masterKeyId: 'mk-1', at: NEW_YEAR, command: metaOf(id).command });
const registered: MasterKeyEvent = {
  type: 'MasterKeyRegistered',
  data: { ...happened('register'), label: 'production', provider: 'openai', secret: secret('1') },
};
const disabled: MasterKeyEvent = { type: 'MasterKeyDisabled', data: happened('disable') };
const enabled: MasterKeyEvent = { type: 'MasterKeyEnabled', data: happened('enable') };
const revoked: MasterKeyEvent = { type: 'MasterKeyRevoked', data: happened('revoke') };
const rotated: MasterKeyEvent = {
  type: 'MasterKeyRotated',
  data: { ...happened('rotate 2'), secret: secret('2') },
};
const changing = [disable, enable, rotate('2'), revoke].map((command) => [command.type, command] as const);

describe('master key', () => {
  it('is registered by a reference to the secret store', () => given().when(register()).then(registered));
  it('is registered once: a retry is nothing', () => given(registered).when(register()).thenNothing());
  it('refuses an id that is taken', () =>
    void given(registered).when(register({}, 'other')).thenRejects('already-exists', 'masterKeyId'));

  it.each([
    ['label', ''],
    ['label', 'x'.repeat(201)],
    ['label', 'two\nlines'],
    ['provider', ''],
    ['provider', 'x'.repeat(201)],
  ])('refuses a bad %s', (field, bad) => {
    given()
      .when(register({ [field]: bad }))
      .thenRejects('invalid-value', field);
  });

  it.each(changing)('must exist for %s', (_, command) => {
    given().when(command).thenRejects('not-found', 'masterKeyId');
  });

  it('is disabled', () => given(registered).when(disable).then(disabled));
  it('is disabled once', () =>
    given(registered, disabled)
      .when({ ...disable, meta: metaOf('again') })
      .thenNothing());
  it('is enabled again', () => given(registered, disabled).when(enable).then(enabled));
  it('is enabled only when disabled', () => given(registered).when(enable).thenNothing());
  it('is rotated', () => given(registered).when(rotate('2')).then(rotated));
  it('is revoked, also when disabled', () => {
    given(registered).when(revoke).then(revoked);
    given(registered, disabled).when(revoke).then(revoked);
  });

  it('is revoked idempotently, by whomever', () =>
    given(registered, revoked)
      .when({ ...revoke, meta: metaOf('somebody else') })
      .thenNothing());

  it.each(changing.filter(([type]) => type !== 'RevokeMasterKey'))('is gone for good: no %s', (_, command) => {
    given(registered, revoked).when(command).thenRejects('already-ended', 'masterKeyId');
  });

  it('knows a reused command id', () => {
    const other: MasterKeyCommand = { ...revoke, meta: metaOf('disable', NEW_YEAR, 'another body') };
    given(registered, disabled).when(other).thenRejects('command-id-reused', 'idempotencyKey');
  });

  it('folds', () => {
    expect(given(registered).state).toMatchObject({ status: 'active', registeredAt: NEW_YEAR, secret: secret('1') });
    expect(given(registered, disabled).state).toMatchObject({ status: 'disabled' });
    expect(given(registered, disabled, enabled).state).toMatchObject({ status: 'active' });
    expect(given(registered, disabled, rotated).state).toMatchObject({ status: 'disabled', secret: secret('2') });
    expect(given(registered, revoked, enabled, registered, rotated).state).toEqual(given(registered, revoked).state);
    expect(given(revoked, enabled).state).toEqual({ status: 'unregistered' });
  });
});
