import { useState } from 'preact/hooks';
import { post, type SourceFinding, type SourceReport } from '../api.js';
import { many } from '../parts/format.js';
import { Badge } from '../parts/outcome.js';
import { Site } from '../parts/site.js';

const LOOKS = { error: 'failed-aborted', warning: 'failed-isolated' } as const;

/** What `signals lint` finds in the sources; it reads them when it is asked to. */
export function SourceChecks() {
  const [isBusy, setBusy] = useState(false);
  const [report, setReport] = useState<SourceReport>();
  const [refusal, setRefusal] = useState('');
  const run = async (): Promise<void> => {
    setBusy(true);
    setRefusal('');
    try {
      setReport(await post<SourceReport>('checks/sources', {}));
    } catch (error) {
      setReport(undefined);
      setRefusal((error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="finding" aria-label="Sources">
      <h2>In the sources</h2>
      <p>
        <button type="button" disabled={isBusy} onClick={() => void run()}>
          {isBusy ? 'Reading the sources…' : 'Run signals lint'}
        </button>
      </p>
      <div aria-live="polite">
        {refusal && <p class="error">{refusal}</p>}
        {report?.findings.length === 0 && <p>It finds nothing.</p>}
        <Findings findings={report?.findings ?? []} />
        {report && report.suppressed.length > 0 && (
          <>
            <p class="soft">{many(report.suppressed.length, 'finding')} allowed with a reason:</p>
            <Findings findings={report.suppressed} />
          </>
        )}
      </div>
      {report && report.findings.length > 0 && (
        <p class="soft">
          <code>npx signals lint --explain {report.findings[0]?.rule}</code> says why it matters,
          and the way out.
        </p>
      )}
    </section>
  );
}

function Findings({ findings }: { findings: readonly SourceFinding[] }) {
  return (
    <ul>
      {findings.map(({ rule, severity, place, message, reason }) => (
        <li key={`${rule} ${place?.file} ${place?.line} ${message}`}>
          <Badge look={reason === undefined ? LOOKS[severity] : 'skipped'}>{rule}</Badge> {message}
          {reason !== undefined && `: ${reason}`}{' '}
          {place && <Site site={`${place.file}:${place.line}`} />}
        </li>
      ))}
    </ul>
  );
}
