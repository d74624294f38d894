import { useState } from 'preact/hooks';
import type { DeadLetters, Letter } from '../api.js';
import { useAbout } from '../parts/about.js';
import { Note, useFetched } from '../parts/fetched.js';
import { age } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Badge } from '../parts/outcome.js';
import { go } from '../routes.js';
import { DeadLetterDetail } from './dead-letter-detail.js';
import { ageOf, DeadLetterMatrix, type Cell } from './dead-letter-matrix.js';
import { DiscardDialog } from './discard-dialog.js';
import { ReplayDialog } from './replay-dialog.js';

/** What failed for good: by error and age, as a list, and one in detail. */
export function DeadLetterPage({ id, version }: { id: string | undefined; version: string }) {
  const about = useAbout();
  const canReplay = about?.access === 'operate';
  const { value, error, reload } = useFetched<DeadLetters>('dead', version);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [cell, setCell] = useState<Cell>();
  const [replaying, setReplaying] = useState<readonly Letter[]>();
  const [discarding, setDiscarding] = useState<readonly Letter[]>();
  if (error) return <Note title="The dead letters cannot be read">{error.message}</Note>;
  if (!value) return <p class="loading">Loading…</p>;
  const shown = value.letters.filter(
    (letter) => !cell || (letter.errorClass === cell.errorClass && ageOf(letter) === cell.age),
  );
  const selected = value.letters.filter((letter) => chosen.has(letter.id));
  const toggle = (letter: string): void => {
    const next = new Set(chosen);
    if (!next.delete(letter)) next.add(letter);
    setChosen(next);
  };
  const ended = (letters: readonly Letter[], isDone: boolean): void => {
    setReplaying(undefined);
    setDiscarding(undefined);
    if (!isDone) return;
    setChosen(new Set());
    if (letters.length > 1) go('jobs?state=ended');
    else go(`jobs/${letters[0]?.id}`);
    reload();
  };
  return (
    <>
      {value.letters.length > 0 && (
        <>
          <DeadLetterMatrix letters={value.letters} cell={cell} onChoose={setCell} />
          <div class="page-head">
            {canReplay && (
              <>
                <button
                  type="button"
                  disabled={selected.length === 0}
                  onClick={() => setReplaying(selected)}
                >
                  Replay {selected.length > 0 ? selected.length : 'selected'}…
                </button>
                {shown.length > 1 && (
                  <button type="button" class="quiet" onClick={() => setReplaying(shown)}>
                    Replay {value.total > value.letters.length ? 'these' : 'all'} {shown.length}…
                  </button>
                )}
                {about?.canDiscard && (
                  <button
                    type="button"
                    class="quiet"
                    disabled={selected.length === 0}
                    onClick={() => setDiscarding(selected)}
                  >
                    Discard {selected.length > 0 ? selected.length : 'selected'}…
                  </button>
                )}
              </>
            )}
            {!value.health.hasWorkers && (
              <Badge look="failed-isolated">no worker in this process</Badge>
            )}
          </div>
        </>
      )}
      {value.letters.length === 0 && id === undefined && (
        <Note title="No dead letters">
          <p>Every delivery has arrived, or is still being tried.</p>
        </Note>
      )}
      <div class="split">
        {value.letters.length > 0 && (
          <LetterTable letters={shown} chosen={chosen} current={id} onToggle={toggle} />
        )}
        {id !== undefined && (
          <DeadLetterDetail
            key={id}
            id={id}
            version={version}
            canReplay={canReplay}
            onReplay={(letter) => setReplaying([letter])}
          />
        )}
      </div>
      {replaying && (
        <ReplayDialog letters={replaying} onClose={(isDone) => ended(replaying, isDone)} />
      )}
      {discarding && (
        <DiscardDialog letters={discarding} onClose={(isDone) => ended(discarding, isDone)} />
      )}
    </>
  );
}

interface LetterTableProps {
  readonly letters: readonly Letter[];
  readonly chosen: ReadonlySet<string>;
  readonly current: string | undefined;
  readonly onToggle: (id: string) => void;
}

function LetterTable({ letters, chosen, current, onToggle }: LetterTableProps) {
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Dead letters">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden-label">Select</span>
            </th>
            <th scope="col">Receiver</th>
            <th scope="col">Error</th>
            <th scope="col" class="number">
              Tries
            </th>
            <th scope="col">Died</th>
          </tr>
        </thead>
        <tbody>
          {letters.map((letter) => (
            <tr key={letter.id} aria-current={letter.id === current ? 'true' : undefined}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Select the letter to ${letter.receiver}`}
                  checked={chosen.has(letter.id)}
                  onChange={() => onToggle(letter.id)}
                />
              </td>
              <th scope="row">
                <Link to={`jobs/${letter.id}`}>{letter.receiver}</Link>
                <small>{letter.signal}</small>
              </th>
              <td class="error">{letter.reason ?? letter.errorClass}</td>
              <td class="number">
                {letter.attempts}
                {letter.deaths > 1 && <small>died {letter.deaths} ×</small>}
              </td>
              <td>{age(Date.parse(letter.diedAt))} ago</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
