/** Opens the run's test bench: spec files ask it for shared servers, which start when the first one asks. */
require('../test/testbench/typescript.cjs');

module.exports = async () => {
  const { startBench } = require('../test/testbench/bench-server.ts');
  globalThis.openclawBench = await startBench();
  process.env.OPENCLAW_BENCH_SOCKET = globalThis.openclawBench.socket;
};
