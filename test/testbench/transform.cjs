/**
 * Lets plain node read TypeScript, and nothing else: for a file that is loaded into a built service beside its own code
 * (`node -r ./test/testbench/transform.cjs -r ./x.ts apps/validator/dist/main.js`).
 */
const { transformFileSync } = require('@swc/core');

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
