/**
 * Lets plain node run this repository's TypeScript without a build: `node -r ./test/testbench/typescript.cjs x.ts`.
 * For programs around the tests; the tests themselves go through Jest, which has the same transform.
 */
require('./transform.cjs');
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const root = join(__dirname, '..', '..');

/** `@openclaw/<room>` is the room's source and `@openclaw/<room>/testing` its test kit, as in Jest's moduleNameMapper. */
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function resolve(request, ...rest) {
  const [, room, kit] = /^@openclaw\/([^/]+)(\/testing)?$/.exec(request) ?? [];
  const candidates = room ? ['libs', 'apps'].map((kind) => join(root, kind, room, kit ?? 'src', 'index.ts')) : [];
  return resolveFilename.call(this, candidates.find(existsSync) ?? request, ...rest);
};
