/** Two projects: `unit` needs nothing but node; `real` talks to PostgreSQL, Kafka and running services. */
const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2023',
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

const shared = {
  rootDir: '..',
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: {
    '^@openclaw/event-log/testing$': '<rootDir>/libs/event-log/testing/index.ts',
    '^@openclaw/freshness/testing$': '<rootDir>/libs/freshness/testing/index.ts',
    '^@openclaw/secret-store/testing$': '<rootDir>/libs/secret-store/testing/index.ts',
    '^@openclaw/test/(.*)$': '<rootDir>/test/$1',
    '^@openclaw/(issuer|validator|audit|anomaly|suite)$': '<rootDir>/apps/$1/src/index.ts',
    '^@openclaw/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
};

module.exports = {
  rootDir: '..',
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'real',
      testMatch: ['**/*.int-spec.ts', '**/*.e2e-spec.ts'],
    },
  ],
};
