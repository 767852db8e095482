import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anomalyConfig, startAnomaly } from '@openclaw/anomaly';
import { auditConfig, startAudit } from '@openclaw/audit';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import { type RunningApp, hashToken } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { type CertificateFiles, type Postgres, TestAuthority, startPostgres } from '@openclaw/test/testbench';
import { startValidator, validatorConfig } from '@openclaw/validator';
import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { grpcCaller } from '../demo/grpc-client';
import { ValidatorClient } from '../demo/clients';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const FREE = '127.0.0.1:0';
const GATEWAY = 'spiffe://example.org/gateway';
const SERVICE_TOKEN = 'a-service-token-of-this-spec';

describe('services over TLS, with and without client certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-tls-'));
  let postgres: Postgres;
  let installation: Installation;
  let authority: TestAuthority;
  let others: TestAuthority;
  let server: CertificateFiles;
  let gateway: CertificateFiles;
  let stranger: CertificateFiles;
  const running: RunningApp[] = [];

  beforeAll(async () => {
    postgres = await startPostgres(); // its own: an installation makes logins for the whole server
    installation = await install({ adminUrl: await postgres.freshDatabase('tls'), folder: join(folder, 'secrets') });
    authority = await TestAuthority.in(folder, 'ours');
    others = await TestAuthority.in(folder, 'others');
    server = await authority.issue({ name: 'server' });
    gateway = await authority.issue({ name: 'gateway', names: [{ type: 'url', value: GATEWAY }] });
    stranger = await others.issue({ name: 'stranger', names: [{ type: 'url', value: GATEWAY }] });
  });
  afterAll(async () => {
    for (const app of running.toReversed()) await app.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  const tls = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
    OPENCLAW_TLS_CERT_FILE: server.cert,
    OPENCLAW_TLS_KEY_FILE: server.key,
    ...more,
  });
  const started = async (app: Promise<RunningApp>): Promise<RunningApp> => {
    running.push(await app);
    return app;
  };
  /** Status of a GET, as a client that trusts `ca` and shows `own`; or the code of the error. */
  const get = (url: string, ca: string, own?: CertificateFiles): Promise<number | string> =>
    new Promise((resolve) => {
      const shown = own === undefined ? {} : { cert: readFileSync(own.cert), key: readFileSync(own.key) };
      const asked = request(url, { ca: readFileSync(ca), ...shown }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).end();
    });

  it('every REST listener speaks TLS and nothing else', async () => {
    const { issuer, audit, anomaly } = installation.environment;
    const apps = [
      await started(startIssuer(issuerConfig({ ...issuer, ...tls(), OPENCLAW_ISSUER_HTTP_LISTEN: FREE }), quiet)),
      await started(startAudit(auditConfig({ ...audit, ...tls(), OPENCLAW_AUDIT_HTTP_LISTEN: FREE }), quiet)),
      await started(startAnomaly(anomalyConfig({ ...anomaly, ...tls(), OPENCLAW_ANOMALY_HTTP_LISTEN: FREE }), quiet)),
    ];
    for (const { listens } of apps) {
      const url = `${listens['http']}/health/live`;
      expect(url).toMatch(/^https:/);
      expect(await get(url, authority.caFile)).toBe(200);
      expect(await get(url, others.caFile)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow();
    }
  });

  it('the gRPC listener of the issuer speaks TLS, and asks for a client certificate where it is told to', async () => {
    const token = readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim();
    const start = (changes: Record<string, string> = {}): Promise<RunningApp> =>
      started(
        startIssuer(
          issuerConfig({ ...installation.environment.issuer, ...tls(changes), OPENCLAW_ISSUER_HTTP_LISTEN: FREE }),
          quiet,
        ),
      );
    const ask = async ({ listens }: RunningApp, secure: ChannelCredentials): Promise<number> => {
      const call = grpcCaller(listens['grpc'] ?? '', token, 'openclaw.issuer.v1.IssuerService', secure);
      const { status } = await call('ListCodes', {});
      call.close();
      return status;
    };
    const [trusted, strange] = [authority, others].map(({ caFile }) => readFileSync(caFile));
    const open = await start();
    expect(await ask(open, credentials.createSsl(trusted))).toBe(0);
    expect(await ask(open, credentials.createSsl(strange))).toBe(14);
    expect(await ask(open, credentials.createInsecure())).toBe(14);
    const closed = await start({ OPENCLAW_TLS_CLIENT_CA_FILE: authority.caFile });
    expect(await ask(closed, credentials.createSsl(trusted))).toBe(14);
    const own = credentials.createSsl(trusted, readFileSync(gateway.key), readFileSync(gateway.cert));
    expect(await ask(closed, own)).toBe(0);
  });

  describe('a validator that wants client certificates', () => {
    let validator: RunningApp;
    beforeAll(async () => {
      const tokens = join(folder, 'callers');
      writeFileSync(tokens, `gateway URI:${GATEWAY} auditor\nservice:${hashToken(SERVICE_TOKEN)}\n`);
      const env = {
        ...installation.environment.validator,
        ...tls({ OPENCLAW_TLS_CLIENT_CA_FILE: authority.caFile }),
        OPENCLAW_SERVICE_TOKENS_FILE: tokens,
        OPENCLAW_VALIDATOR_GRPC_LISTEN: FREE,
        OPENCLAW_VALIDATOR_HTTP_LISTEN: FREE,
      };
      validator = await started(startValidator(validatorConfig(env), quiet));
    });

    const ask = async (own: CertificateFiles | undefined, token: string | undefined): Promise<string> => {
      const pair = own === undefined ? [] : ([readFileSync(own.key), readFileSync(own.cert)] as const);
      const secure = credentials.createSsl(readFileSync(authority.caFile), ...pair);
      const client = new ValidatorClient({ validator: validator.listens['grpc'] ?? '' }, token, secure);
      const { verdict } = await client.validate({ code: 'ocpc_nonsense' });
      client.close();
      return verdict;
    };

    it('knows a caller by the name in its certificate, without a token', async () => {
      expect(await ask(gateway, undefined)).toBe('DENIAL_REASON_MALFORMED'); // an auditor is told
    });

    it('takes the token where there is one: a wrong one is not made good by a certificate', async () => {
      expect(await ask(gateway, SERVICE_TOKEN)).toBe('DENIAL_REASON_INVALID_CODE');
      expect(await ask(gateway, 'wrong')).toMatch(/^16 UNAUTHENTICATED/);
      expect(await ask(server, undefined)).toMatch(/^16 UNAUTHENTICATED/); // ours, and of nobody who may call
    });

    it('lets nobody in who has no certificate of its authority, on either port', async () => {
      expect(await ask(undefined, SERVICE_TOKEN)).toMatch(/^14 UNAVAILABLE/);
      expect(await ask(stranger, SERVICE_TOKEN)).toMatch(/^14 UNAVAILABLE/);
      const url = `${validator.listens['http']}/health/live`;
      expect(typeof (await get(url, authority.caFile))).toBe('string');
      expect(typeof (await get(url, authority.caFile, stranger))).toBe('string');
    });
  });

  it('refuses to start with a certificate that cannot serve, and names every fault at once', async () => {
    const expired = await authority.issue({ name: 'expired', expired: true });
    const open = await authority.issue({ name: 'open' });
    chmodSync(open.key, 0o644);
    const faultsOf = (env: Record<string, string>): string => {
      try {
        issuerConfig({ ...installation.environment.issuer, ...env });
      } catch (error) {
        return String(error);
      }
      return 'no fault';
    };
    expect(faultsOf(tls())).toBe('no fault');
    expect(faultsOf({ OPENCLAW_TLS_CERT_FILE: server.cert })).toContain('OPENCLAW_TLS_KEY_FILE: needed');
    expect(faultsOf({ OPENCLAW_TLS_CLIENT_CA_FILE: authority.caFile })).toContain('OPENCLAW_TLS_CLIENT_CA_FILE: needs');
    const two = faultsOf({ OPENCLAW_TLS_CERT_FILE: expired.cert, OPENCLAW_TLS_KEY_FILE: open.key });
    expect(two).toContain('has expired');
    expect(two).toContain('others may read');
    expect(two).toContain('not the one of the certificate');
    expect(faultsOf(tls({ OPENCLAW_TLS_KEY_FILE: server.cert }))).toContain('holds no private key');
    expect(faultsOf({ OPENCLAW_ISSUER_HTTP_LISTEN: '0.0.0.0:7100' })).toContain('plain text');
    expect(faultsOf(tls({ OPENCLAW_ISSUER_HTTP_LISTEN: '0.0.0.0:7100' }))).toBe('no fault');
  });
});
