import { type SubscriptionCommand, type SubscriptionEvent, mayIssueFor, subscription } from '../index';
import { NEW_YEAR, metaOf, specificationOf } from '../../testing';

const { given } = specificationOf(subscription);
const change = (scopes: readonly string[], id = 'change'): SubscriptionCommand => ({
  type: 'ChangeSubscription',
  meta: metaOf(id),
  account: 'acme',
  scopes,
});
const changed = (before: readonly string[], scopes: readonly string[], id = 'change'): SubscriptionEvent => ({
  type: 'SubscriptionChanged',
  data: { account: 'acme', at: NEW_YEAR, command: metaOf(id).command, before, scopes },
});

describe('subscription', () => {
  it('sets the whole list at once, with the old one', () => {
    given()
      .when(change(['a:*:*']))
      .then(changed([], ['a:*:*']));
    given(changed([], ['a:*:*'], 'first'))
      .when(change(['b:*:*']))
      .then(changed(['a:*:*'], ['b:*:*']));
  });

  it('may be emptied', () =>
    given(changed([], ['a:*:*'], 'first'))
      .when(change([]))
      .then(changed(['a:*:*'], [])));
  it('is nothing when the list is as asked', () => {
    given(changed([], ['a:*:*'], 'first'))
      .when(change(['a:*:*']))
      .thenNothing();
    given().when(change([])).thenNothing();
  });

  it('is carried out once: a retry is nothing, even after another change', () =>
    given(changed([], ['a:*:*']), changed(['a:*:*'], ['b:*:*'], 'second'))
      .when(change(['a:*:*']))
      .thenNothing());

  it('knows a reused command id', () => {
    const other = { ...change(['b:*:*']), meta: metaOf('change', NEW_YEAR, 'another body') };
    given(changed([], ['a:*:*']))
      .when(other)
      .thenRejects('command-id-reused', 'idempotencyKey');
  });

  it.each([['a'], ['a:b:c:d'], [''], ['a:b*:c']])('refuses the scope %j, by its place', (bad) => {
    const { problem } = given()
      .when(change(['a:b:c', bad]))
      .thenRejects('invalid-value', 'scopes');
    expect(problem).toContain('entry 2');
  });

  it('refuses more than 100 scopes', () => {
    given()
      .when(change(Array.from({ length: 101 }, () => 'a:b:c')))
      .thenRejects('invalid-value', 'scopes');
  });
});

describe('an account may issue a code', () => {
  it('for what lies within its subscription', () => {
    expect(mayIssueFor(['billing:*:read'], ['billing:invoices:read', 'billing:*:read'])).toBe(true);
    expect(mayIssueFor(['a:b:c', 'd:e:f'], ['d:e:f'])).toBe(true);
  });

  it('for nothing that lies outside, not even in part', () => {
    expect(mayIssueFor(['billing:*:read'], ['billing:invoices:read', 'billing:invoices:write'])).toBe(false);
    expect(mayIssueFor(['billing:invoices:read'], ['billing:*:read'])).toBe(false);
    expect(mayIssueFor([], ['a:b:c'])).toBe(false);
  });

  it('for no text that is not a scope: it is not passed over', () => {
    expect(mayIssueFor(['*:*:*'], ['a:b:c', 'nonsense'])).toBe(false);
    expect(mayIssueFor(['nonsense'], ['nonsense'])).toBe(false);
  });
});
