import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { rest } from '../demo/clients';
import { type EmbeddedSystem, startEmbeddedSystem } from '../demo/embedded-system';
import { type Got } from './tools/go-tools';
import { withJudge } from './tools/judge';
import { npmJudge } from './tools/npm-judges';
import { pythonWith } from './tools/python';

const run = promisify(execFile);
const TEST_MS = 180_000;
const PUBLISHED = resolve(__dirname, '../../docs/reference/openapi');
const APPS = ['issuer', 'audit', 'anomaly', 'validator'] as const;
/** A look at everything in seconds; `OPENCLAW_SCHEMATHESIS=long` for all phases with many more examples. */
const LONG = process.env['OPENCLAW_SCHEMATHESIS'] === 'long';
const EFFORT = LONG ? ['--phases', 'coverage,fuzzing', '-n', '100'] : ['--phases', 'fuzzing', '-n', '6'];
const CHECKS =
  'not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,' +
  'response_schema_conformance,negative_data_rejection';

const missing = (got: Got): string | undefined => ('missing' in got ? got.missing : undefined);
const path = (got: Got): string => ('path' in got ? got.path : '');

describe('the OpenAPI documents, judged by tools that we did not write', () => {
  const redocly = npmJudge('redocly');
  withJudge(
    missing(redocly),
    'redocly finds nothing to say about them',
    async () => {
      const files = APPS.map((app) => join(PUBLISHED, `${app}.json`));
      const { stderr } = await run(path(redocly), ['lint', ...files]);
      expect(stderr).toContain('Your API descriptions are valid');
      expect(stderr).not.toMatch(/warning|error/i);
    },
    TEST_MS,
  );

  const validator = npmJudge('validate-api');
  withJudge(
    missing(validator),
    'they meet the schema of OpenAPI 3.1',
    async () => {
      for (const app of APPS) {
        const { stdout } = await run(path(validator), [join(PUBLISHED, `${app}.json`)]);
        expect(stdout).toContain('"valid": true');
      }
    },
    TEST_MS,
  );
});

describe('the running services, attacked by schemathesis along their own documents', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-openapi-'));
  let system: EmbeddedSystem;
  let ids: Record<string, string>;

  beforeAll(async () => {
    system = await startEmbeddedSystem(join(folder, 'data'));
    ids = await someThings();
  }, TEST_MS);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Ids that are there, so that the judge gets behind the 404s. */
  const someThings = async (): Promise<Record<string, string>> => {
    const call = rest(system.issuer, system.operatorToken);
    const make = async (route: string, body: object, id: string): Promise<string> => {
      const { status, body: made } = await call('POST', route, body);
      expect(status).toBe(201);
      return String(made[id]);
    };
    const key = { label: 'k', provider: 'p', secret: 'sk-for-schemathesis' };
    const masterKeyId = await make('/v1/master-keys', key, 'masterKeyId');
    const codeId = await make('/v1/codes', { masterKeyId, label: 'c', scopes: ['a:b:c'] }, 'codeId');
    const operatorId = await make('/v1/operators', { name: 'o', roles: ['issuer'] }, 'operatorId');
    const offer = { service: 'search', title: 't', resources: ['r'], actions: ['a'] };
    const service = await make('/v1/services', offer, 'service');
    return { masterKeyId, codeId, operatorId, account: operatorId, service, view: 'trail' };
  };

  const addressOf = (app: (typeof APPS)[number]): string => (app === 'validator' ? system.validatorHttp : system[app]);

  it.each(APPS)('%s serves the document that is published', async (app) => {
    const served: unknown = await (await fetch(`${addressOf(app)}/openapi.json`)).json();
    expect(served).toEqual(JSON.parse(readFileSync(join(PUBLISHED, `${app}.json`), 'utf8')));
  });

  const python = pythonWith('schemathesis');
  for (const app of APPS) {
    withJudge(
      missing(python),
      `${app} answers what its document says, and never with a fault of its own`,
      async () => {
        const config = join(folder, `${app}.toml`);
        const known = Object.entries(ids).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`);
        writeFileSync(config, ['[parameters]', ...known, ''].join('\n'));
        const token = app === 'validator' ? system.auditorToken : system.operatorToken;
        const words = ['--config-file', config, 'run', `${addressOf(app)}/openapi.json`, '--checks', CHECKS, ...EFFORT];
        // With its own token the judge would lock itself out.
        const spared = ['--exclude-path', '/v1/operators/me/rotate-token'];
        const quiet = ['--no-color', '--seed', '7', '--generation-with-security-parameters', 'false'];
        const judge = join(dirname(path(python)), 'schemathesis');
        const all = [...words, ...spared, ...quiet, '-H', `Authorization: Bearer ${token}`];
        const { stdout } = await run(judge, all, { cwd: folder, maxBuffer: 1e8 }).catch((error: { stdout: string }) => {
          throw new Error(error.stdout.slice(-6000));
        });
        expect(stdout).toMatch(/Test cases:\s+\d+ generated, \d+ passed/);
        expect(stdout).not.toContain('Rate limited');
      },
      TEST_MS,
    );
  }
});
