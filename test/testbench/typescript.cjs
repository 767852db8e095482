/**
 * Lets plain node run this repository's TypeScript without a build: `node -r ./test/testbench/typescript.cjs x.ts`.
 * For programs around the tests; the tests themselves go through Jest, which has the same transform.
 */
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { transformFileSync } = require('@swc/core');

const root = join(__dirname, '..', '..');
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2023',
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  swcrc: false,
};

require.extensions['.ts'] = (module, file) => {
  if (file.endsWith('.d.ts')) return;
  module._compile(transformFileSync(file, swc).code, file);
};

/** `@openclaw/<room>` is the room's source and `@openclaw/<room>/testing` its test kit, as in Jest's moduleNameMapper. */
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolve(request, ...rest) {
  const [, room, kit] = /^@openclaw\/([^/]+)(\/testing)?$/.exec(request) ?? [];
  const candidates = room ? ['libs', 'apps'].map((kind) => join(root, kind, room, kit ?? 'src', 'index.ts')) : [];
  return resolveFilename.call(this, candidates.find(existsSync) ?? request, ...rest);
};
