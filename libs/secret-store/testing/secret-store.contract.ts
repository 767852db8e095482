import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import {
  SECRET_BYTES_MAX, SecretNotFound, type SecretRef, type SecretStore, SecretStoreClosed, SecretStoreUnavailable,
  SecretValue, SecretVersionTaken, secretRef,
} from '@openclaw/secret-store'; // prettier-ignore
import type { SecretStoreTarget } from './secret-store-target';

const aName = (): string => `master-key/${randomUUID()}`;
const plain = async (store: SecretStore, ref: SecretRef): Promise<string> => (await store.get(ref)).reveal();

/** The contract of a secret store; an exclusion carries its written reason. */
export const describeSecretStoreContract = (
  openTarget: () => Promise<SecretStoreTarget>,
  name: string,
  excluded: Readonly<Record<number, string>> = {},
): void => {
  describe(`secret store contract on ${name}`, () => {
    let target: SecretStoreTarget;
    let store: SecretStore;
    const opened: SecretStore[] = [];
    const open = async (): Promise<SecretStore> => {
      const fresh = await target.open();
      opened.push(fresh);
      return fresh;
    };

    beforeAll(async () => {
      target = await openTarget();
    }, 120_000);
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((one) => one.close()));
    });
    afterAll(() => target?.stop());

    const clause = (number: number, guarantee: string, prove: () => Promise<void>): void => {
      const title = `[${String(number).padStart(2, '0')}] ${guarantee}`;
      const reason = excluded[number];
      if (reason === undefined) it(title, prove);
      else it(`${title} (excluded: ${reason})`, () => expect(reason.length).toBeGreaterThan(5));
    };

    clause(
      1,
      'what is put is given back, every character of it, up to the largest size, to every process',
      async () => {
        const values = ['sk-live-1', 'Grüße 🦀 \u0000 "\\\n', ' ', 'x'.repeat(SECRET_BYTES_MAX)];
        const other = await open();
        for (const value of values) {
          const ref = await store.put(aName(), new SecretValue(value), 1);
          expect(await plain(store, ref)).toBe(value);
          expect(await plain(other, ref)).toBe(value);
        }
      },
    );

    clause(2, 'a rotated secret is a new version; the old one stays readable until it is deleted', async () => {
      const id = aName();
      const [old, rotated] = [
        await store.put(id, new SecretValue('old'), 1),
        await store.put(id, new SecretValue('new'), 2),
      ];
      expect([await plain(store, old), await plain(store, rotated)]).toEqual(['old', 'new']);
      await store.delete(old);
      await expect(store.get(old)).rejects.toThrow(SecretNotFound);
      expect(await plain(store, rotated)).toBe('new');
    });

    clause(3, 'names that differ in case, and refs that differ in version, are different secrets', async () => {
      const id = randomUUID();
      const refs = await Promise.all([
        store.put(`key/${id}-a`, new SecretValue('lower'), 1),
        store.put(`key/${id}-A`, new SecretValue('upper'), 1),
        store.put(`key/${id}-a`, new SecretValue('eleven'), 11),
      ]);
      expect(await Promise.all(refs.map((ref) => plain(store, ref)))).toEqual(['lower', 'upper', 'eleven']);
    });

    clause(
      4,
      'a version is written once: the same value again succeeds, another one is refused and changes nothing',
      async () => {
        const id = aName();
        const ref = await store.put(id, new SecretValue('first'), 1);
        expect(await store.put(id, new SecretValue('first'), 1)).toBe(ref);
        await expect(store.put(id, new SecretValue('second'), 1)).rejects.toThrow(SecretVersionTaken);
        expect(await plain(store, ref)).toBe('first');
      },
    );

    clause(5, 'of 20 concurrent writers of one version exactly one wins, in two processes', async () => {
      const id = aName();
      const other = await open();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? store : other).put(id, new SecretValue(`value ${i}`), 1)),
      );
      const winners = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect(await plain(store, secretRef(id, 1))).toBe(`value ${winners[0]}`);
      const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      expect(reasons.every((reason) => reason instanceof SecretVersionTaken)).toBe(true);
    });

    clause(6, 'what was never put is not found; what is no name or no reference is refused', async () => {
      await expect(store.get(secretRef(aName(), 1))).rejects.toThrow(SecretNotFound);
      for (const bad of ['', '/x', 'a b', 'a@1', 'ä', `a${'x'.repeat(200)}`, "a';--"]) {
        await expect(store.put(bad, new SecretValue('x'), 1)).rejects.toThrow(TypeError);
      }
      for (const bad of [0, -1, 1.5, Number.NaN, 1e10]) {
        await expect(store.put(aName(), new SecretValue('x'), bad)).rejects.toThrow(TypeError);
      }
      await expect(store.get('no reference' as SecretRef)).rejects.toThrow(TypeError);
    });

    clause(
      7,
      'a deleted secret is gone for every process, deleting again succeeds, and its version is never reused',
      async () => {
        const id = aName();
        const ref = await store.put(id, new SecretValue('gone'), 1);
        await store.delete(ref);
        await store.delete(ref);
        await store.delete(secretRef(aName(), 1));
        await expect((await open()).get(ref)).rejects.toThrow(SecretNotFound);
        for (const value of ['gone', 'another']) {
          await expect(store.put(id, new SecretValue(value), 1)).rejects.toThrow(SecretVersionTaken);
        }
      },
    );

    clause(8, 'no error, print or inspection shows a secret', async () => {
      const marker = `marker-${randomUUID()}`;
      const id = aName();
      const secret = new SecretValue(marker);
      const ref = await store.put(id, secret, 1);
      const read = await store.get(ref);
      await store.delete(ref);
      const errors: unknown[] = await Promise.all(
        [store.put(id, secret, 1), store.get(ref), store.put('bad name', secret, 1)].map((call) =>
          call.catch((error: unknown) => error),
        ),
      );
      const printed = [secret, read, store, ...errors].flatMap((thing) => [
        inspect(thing, { depth: 10, showHidden: true, getters: true }),
        JSON.stringify(thing) ?? '',
        String(thing),
        JSON.stringify(thing, Object.getOwnPropertyNames(thing)) ?? '',
      ]);
      expect(printed.filter((text) => text.includes(marker))).toEqual([]);
      expect([String(secret), ['', secret].join(), JSON.stringify({ secret }), inspect({ secret })]).toEqual([
        '[secret]', ',[secret]', '{"secret":"[secret]"}', '{ secret: [secret] }',
      ]); // prettier-ignore
      expect(errors.every((error) => error instanceof Error)).toBe(true);
    });

    clause(
      9,
      'with the store frozen, readiness answers in time and calls reject as retriable; then all works again',
      async () => {
        const ref = await store.put(aName(), new SecretValue('kept'), 1);
        expect(await store.readiness(5000)).toEqual({ ready: true });
        const thaw = await target.freeze();
        try {
          const startedAt = performance.now();
          expect(await store.readiness(200)).toMatchObject({ ready: false });
          expect(performance.now() - startedAt).toBeLessThan(600);
          await expect(store.get(ref)).rejects.toThrow(SecretStoreUnavailable);
          await expect(store.put(aName(), new SecretValue('x'), 1)).rejects.toMatchObject({ retriable: true });
        } finally {
          thaw();
        }
        expect(await plain(store, ref)).toBe('kept');
      },
    );

    clause(10, 'after close every call rejects with SecretStoreClosed, also what was waiting', async () => {
      const ref = await store.put(aName(), new SecretValue('x'), 1);
      const thaw = await target.freeze();
      try {
        const waiting = expect(store.get(ref)).rejects.toThrow(SecretStoreClosed);
        await store.close();
        await waiting;
      } finally {
        thaw();
      }
      await expect(store.get(ref)).rejects.toThrow(SecretStoreClosed);
      await expect(store.put(aName(), new SecretValue('x'), 1)).rejects.toThrow(SecretStoreClosed);
      await expect(store.delete(ref)).rejects.toThrow(SecretStoreClosed);
      await expect(store.readiness(10)).rejects.toThrow(SecretStoreClosed);
      await store.close();
    });

    clause(11, 'a store that was stopped and started again holds the same secrets', async () => {
      const ref = await store.put(aName(), new SecretValue('kept'), 1);
      await target.restart();
      expect(await plain(store, ref)).toBe('kept');
      expect(await plain(await open(), ref)).toBe('kept');
    });
  });
};
