/**
 * The last line of a run, for people and for tools: `N passed, N failed`, and what was skipped, if anything was.
 * Written as the process ends, because jest prints its own summary and its warnings after every reporter had its turn;
 * on standard error, where jest's summary goes, so that the order of the two is kept.
 */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
    // A spec file that cannot even be loaded has no tests to count, and must not look like a success.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    const line = `${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
    process.once('exit', () => process.stderr.write(line));
  }
};
