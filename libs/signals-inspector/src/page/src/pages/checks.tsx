import type { Finding } from '../api.js';
import { Note, useFetched } from '../parts/fetched.js';
import { useAbout } from '../parts/about.js';
import { Badge } from '../parts/outcome.js';
import type { Moment } from '../traces.js';
import { SourceChecks } from './source-checks.js';

const LOOKS = { error: 'failed-aborted', warning: 'failed-isolated', note: 'skipped' } as const;

/** What looks wrong, and the way out. */
export function ChecksPage({ moment }: { moment: Moment }) {
  const version = `${moment.registryTold} ${moment.traces[0]?.sequence ?? 0}`;
  const { value } = useFetched<{ findings: readonly Finding[] }>('checks', version);
  const canLint = useAbout()?.canLint;
  return (
    <main class="page" id="main">
      <h1>Checks</h1>
      <p class="lead">Of what is connected, and of what was seen since the start.</p>
      {value?.findings.length === 0 && (
        <Note title="Nothing to report">
          <p>Every check passes.</p>
        </Note>
      )}
      {value?.findings.map(({ rule, lint, severity, title, explanation, where }) => (
        <section key={rule} class="finding">
          <h2>
            <Badge look={LOOKS[severity]}>{severity}</Badge> {title}
          </h2>
          <p>
            {explanation}
            {lint && (
              <>
                {' '}
                In the sources it is <code>{lint}</code>.
              </>
            )}
          </p>
          <ul>
            {where.map((each) => (
              <li key={each}>
                <code>{each}</code>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {canLint && <SourceChecks />}
    </main>
  );
}
