/** Tells the count of the tests to npm test, which prints it when everything else is said. */
export default class TallyReporter {
  /** @param {unknown} _contexts @param {import('@jest/reporters').AggregatedResult} results */
  onRunComplete(_contexts, results) {
    // A file that does not even load has no tests to count, and has failed all the same.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tally = `${results.numPassedTests} passed, ${failed} failed`;
    process.send?.({ tally: skipped > 0 ? `${tally}, ${skipped} skipped` : tally });
  }
}
