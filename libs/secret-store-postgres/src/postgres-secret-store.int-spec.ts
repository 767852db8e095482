import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { PostgresServer } from '@openclaw/event-log-postgres/testing';
import { SecretUnreadable, SecretValue, secretRef } from '@openclaw/secret-store';
import { type SecretStoreTarget, describeSecretStoreContract } from '@openclaw/secret-store/testing';
import { BENCH_START_TIMEOUT_MS, type Postgres, sharedPostgres } from '@openclaw/test/testbench';
import {
  KeyRing, type PostgresSecretStore, ensureKeyFile, grantPostgresSecretLogin, migratePostgresSecretStore, newKeyLine,
  openPostgresSecretStore, readKeyFile,
} from './index'; // prettier-ignore

const granted = async (adminUrl: string): Promise<string> => {
  await migratePostgresSecretStore(adminUrl);
  const login = `secrets_${randomBytes(5).toString('hex')}`;
  return grantPostgresSecretLogin(adminUrl, { login, password: randomBytes(9).toString('hex') });
};

const postgresTarget = async (): Promise<SecretStoreTarget> => {
  const server = await PostgresServer.start();
  const url = await granted(server.url);
  const keys = KeyRing.parse(newKeyLine(), 'test');
  return {
    open: async () => openPostgresSecretStore({ url, keys, requestTimeoutMs: 1500 }),
    freeze: () => server.freeze(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
};

describeSecretStoreContract(postgresTarget, 'postgres');

describe('secrets in PostgreSQL', () => {
  let postgres: Postgres;
  let adminUrl: string;
  let admin: Client;
  let url: string;

  beforeAll(async () => {
    postgres = await sharedPostgres();
    adminUrl = await postgres.freshDatabase('secrets');
    url = await granted(adminUrl);
    admin = new Client({ connectionString: adminUrl });
    await admin.connect();
  }, BENCH_START_TIMEOUT_MS);
  afterAll(async () => {
    await admin.end();
    await postgres.stop();
  });
  const store = (...lines: string[]): PostgresSecretStore =>
    openPostgresSecretStore({ url, keys: KeyRing.parse(lines.join('\n'), 'test') });
  const dump = async (): Promise<string> => {
    const { rows } = await admin.query<{ line: string }>('SELECT t::text AS line FROM openclaw_secrets.secrets t');
    return rows.map((row) => row.line).join('\n');
  };

  it('no plain value and no key reaches the database; a deleted secret leaves only its name and version', async () => {
    const [line, marker] = [newKeyLine(), `marker-${randomUUID()}`];
    const ref = await store(line).put(`master-key/${randomUUID()}`, new SecretValue(marker), 1);
    for (const leak of [marker, line]) {
      for (const form of [leak, Buffer.from(leak).toString('hex'), Buffer.from(leak).toString('base64')]) {
        expect(await dump()).not.toContain(form);
      }
    }
    await store(line).delete(ref);
    const left = (await dump()).split('\n').find((row) => row.includes(ref.split('@')[0] ?? '-'));
    expect(left).toMatch(/,1,,,,/);
  });

  it('a new key-encryption key: both are read, rewrap moves all, then the old key is not needed', async () => {
    const [old, fresh] = [newKeyLine(), newKeyLine()];
    await admin.query('TRUNCATE openclaw_secrets.secrets');
    const name = `master-key/${randomUUID()}`;
    for (const version of [1, 2, 3]) await store(old).put(name, new SecretValue(`value ${version}`), version);
    await store(old).delete(secretRef(name, 2));
    const both = store(fresh, old);
    await both.put(name, new SecretValue('value 4'), 4);
    expect((await both.get(secretRef(name, 1))).reveal()).toBe('value 1');
    expect(await store(fresh).readiness(5000)).toMatchObject({ ready: false });
    await expect(store(fresh).get(secretRef(name, 1))).rejects.toThrow(SecretUnreadable);
    const moved = await Promise.all([both.rewrap(), both.rewrap()]);
    expect(Math.max(...moved)).toBe(2);
    expect(await both.rewrap()).toBe(0);
    expect(await store(fresh).readiness(5000)).toEqual({ ready: true });
    for (const version of [1, 3, 4]) {
      expect((await store(fresh).get(secretRef(name, version))).reveal()).toBe(`value ${version}`);
    }
  });

  it('a row that a database owner moved to another name is refused', async () => {
    const line = newKeyLine();
    const [weak, strong] = [`master-key/${randomUUID()}`, `master-key/${randomUUID()}`];
    for (const name of [weak, strong]) await store(line).put(name, new SecretValue(name), 1);
    await admin.query(
      `UPDATE openclaw_secrets.secrets s SET wrapped_key = o.wrapped_key, sealed = o.sealed
         FROM openclaw_secrets.secrets o WHERE s.name = $1 AND o.name = $2`,
      [strong, weak],
    );
    await expect(store(line).get(secretRef(strong, 1))).rejects.toThrow(SecretUnreadable);
    await expect(store(line).put(strong, new SecretValue('x'), 1)).rejects.toThrow(SecretUnreadable);
  });

  it('the login of the service cannot take rows away, rename them or change the table', async () => {
    const service = new Client({ connectionString: url });
    await service.connect();
    for (const sql of [
      'DELETE FROM openclaw_secrets.secrets',
      'TRUNCATE openclaw_secrets.secrets',
      `UPDATE openclaw_secrets.secrets SET name = 'x'`,
      'UPDATE openclaw_secrets.secrets SET version = version + 1',
      'DROP TABLE openclaw_secrets.secrets',
      'SET ROLE openclaw_secrets_owner',
    ]) {
      await expect(service.query(sql)).rejects.toThrow();
    }
    await service.end();
  });

  it('any number of processes may migrate at once', async () => {
    const fresh = await postgres.freshDatabase('secrets');
    await Promise.all([1, 2, 3, 4].map(() => migratePostgresSecretStore(fresh)));
  });

  it('a key file is made once, by whichever process comes first, for its owner only; a readable one is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-keys-'));
    const path = join(folder, 'keys');
    const rings = await Promise.all([1, 2, 3, 4].map(() => ensureKeyFile(path)));
    expect(new Set(rings.map((ring) => ring.currentId)).size).toBe(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const line = (await readFile(path, 'utf8')).trim().split('\n').at(-1) ?? '';
    await chmod(path, 0o640);
    const refusal: unknown = await readKeyFile(path).catch((error: unknown) => error);
    expect(String(refusal)).toContain('chmod 600');
    expect(String(refusal)).not.toContain(line);
    await rm(folder, { recursive: true });
  });
});
