import fc from 'fast-check';
import { PERMISSIONS, type Permission, ROLES, mayDo, rolesWith } from '../index';
import { keysOf } from '../shared/keys';

const roles = fc.subarray([...ROLES]);
const permission = fc.constantFrom<Permission>(...keysOf(PERMISSIONS));

describe('laws of the permissions', () => {
  it('nobody may do anything without a role', () => {
    for (const one of keysOf(PERMISSIONS)) expect(mayDo([], one)).toBe(false);
  });

  it('an admin may do everything', () => {
    fc.assert(fc.property(roles, permission, (others, one) => expect(mayDo([...others, 'admin'], one)).toBe(true)));
  });

  it('roles add up: two lists together may do what one of them may, and no more', () => {
    fc.assert(
      fc.property(roles, roles, permission, (a, b, one) => {
        expect(mayDo([...a, ...b], one)).toBe(mayDo(a, one) || mayDo(b, one));
      }),
    );
  });

  it('a role may do exactly what the table gives it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), permission, (role, one) => {
        expect(mayDo([role], one)).toBe(rolesWith(one).includes(role));
      }),
    );
  });

  it('a text that is no role may do nothing', () => {
    fc.assert(
      fc.property(fc.string(), permission, (text, one) => {
        const known = ROLES.some((role) => role === text);
        if (!known) expect(mayDo([text as never], one)).toBe(false);
      }),
    );
  });
});

describe('separation of duties', () => {
  const held = (role: (typeof ROLES)[number]) => keysOf(PERMISSIONS).filter((one) => mayDo([role], one));

  it('an auditor only reads, and renews the own token', () =>
    expect(held('auditor').filter((one) => !one.endsWith(':read'))).toEqual(['self:rotate-token']));

  it('a responder stops things and never makes any', () =>
    expect(held('responder').filter((one) => !one.endsWith(':read'))).toEqual([
      'self:rotate-token', 'master-key:stop', 'code:suspend', 'code:revoke', 'alert:handle',
    ])); // prettier-ignore

  it('an issuer has nothing to do with operators, the trail or what it is subscribed to', () =>
    expect(held('issuer').filter((one) => /^(operator|audit|detection)|:manage$/.test(one))).toEqual([]));
});
