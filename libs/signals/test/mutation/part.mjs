/**
 * What the parts have in common. Nothing is left out of the mutation but what `ignore` names.
 *
 * @param {string} name
 * @param {{ mutate: readonly string[], specs: readonly string[] }} part
 */
export function part(name, { mutate, specs }) {
  const reports = `.data/mutation/${name}`;
  return {
    mutate,
    plugins: [import.meta.resolve('./runner.mjs')],
    testRunner: 'specs',
    specs: specs.map((spec) => `libs/signals/test/${spec}`),
    // A mutant that fills the memory ends alone, not with the machine.
    testRunnerNodeArgs: ['--max-old-space-size=2048'],
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // Long enough for a busy machine: whoever is counted as killed by a timeout hangs indeed.
    timeoutMS: 30_000,
    incremental: true,
    incrementalFile: `${reports}/incremental.json`,
    disableTypeChecks: false,
    ignorePatterns: ['.ci', '.data', 'apps', 'bench', 'docs', 'scripts'],
    tempDirName: `${reports}/sandbox`,
    reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
    clearTextReporter: { reportTests: false, allowColor: false },
    jsonReporter: { fileName: `${reports}/report.json` },
    htmlReporter: { fileName: `${reports}/report.html` },
    thresholds: { high: 95, low: 90, break: 85 },
  };
}
