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
  rootDir: require('node:path').resolve(__dirname, '..'),
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: {
    '^@openclaw/([^/]+)/testing$': '<rootDir>/libs/$1/testing/index.ts',
    '^@openclaw/test/(.*)$': '<rootDir>/test/$1',
    '^@openclaw/(issuer|validator|audit|anomaly|suite)$': '<rootDir>/apps/$1/src/index.ts',
    '^@openclaw/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
};

module.exports = {
  // Specs that talk to servers mostly wait: two at once also on two cores.
  maxWorkers: Math.max(2, require('node:os').availableParallelism() - 1),
  rootDir: require('node:path').resolve(__dirname, '..'),
  reporters: ['default', '<rootDir>/.config/summary-reporter.cjs'],
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'real',
      testMatch: ['**/*.int-spec.ts', '**/*.e2e-spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/.config/jest.real-setup.cjs'],
      globalSetup: '<rootDir>/.config/jest.global-setup.cjs',
      globalTeardown: '<rootDir>/.config/jest.global-teardown.cjs',
    },
  ],
};
