import type { LetterDetail } from '../api.js';
import { clock, duration } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Lamp, lookOf, WORDS } from '../parts/outcome.js';

/** The attempts at a delivery whose jobs this process remembers. */
export function Attempts({ letter: { attempts, tries } }: { letter: LetterDetail }) {
  const missing = attempts - tries.length;
  return (
    <div class="block">
      <h3>Attempts</h3>
      {tries.length > 0 && (
        <div class="table" tabIndex={0} role="region" aria-label="Attempts">
          <table>
            <thead>
              <tr>
                <th scope="col" class="number">
                  No.
                </th>
                <th scope="col">At</th>
                <th scope="col" class="number">
                  Took
                </th>
                <th scope="col">Outcome</th>
              </tr>
            </thead>
            <tbody>
              {tries.map(({ trace, attempt, startedAt, duration: took, outcome, error }) => (
                <tr key={trace}>
                  <td class="number">{attempt}</td>
                  <td>
                    <Link to={`t/${trace}`}>{clock(startedAt)}</Link>
                  </td>
                  <td class="number">{duration(took)}</td>
                  <td class={error ? 'error' : undefined}>
                    <Lamp outcome={lookOf(outcome)} /> {error ?? WORDS[outcome] ?? outcome}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {missing > 0 && (
        <p class="soft">
          {tries.length > 0 ? `${missing} more` : `All ${missing}`} ran elsewhere or too long ago to
          be remembered here.
        </p>
      )}
    </div>
  );
}
