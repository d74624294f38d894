import { useEffect, useRef, useState } from 'preact/hooks';
import { post, type Letter, type Replay } from '../api.js';
import { age, many } from '../parts/format.js';

export interface Selection {
  readonly letters: readonly Letter[];
}

const BATCH = 50;

/** Asks before anything is tried again; goes in batches of fifty and can be stopped between them. */
export function ReplayDialog({
  selection,
  onClose,
}: {
  selection: Selection;
  onClose: (isReplayed: boolean) => void;
}) {
  const { letters } = selection;
  const dialog = useRef<HTMLDialogElement>(null);
  const isStopped = useRef(false);
  const [homeless, setHomeless] = useState<readonly Letter[]>();
  const [done, setDone] = useState<number>();
  const [refusal, setRefusal] = useState('');
  const ids = letters.map(({ id }) => id);
  const receivers = [...new Set(letters.map(({ receiver }) => receiver))];
  const oldest = Math.min(...letters.map(({ diedAt }) => Date.parse(diedAt)));
  useEffect(() => {
    dialog.current?.showModal();
    post<Replay>('dead/replay', { ids, dryRun: true }).then(
      (outcome) => setHomeless(outcome.homeless),
      (error: Error) => setRefusal(error.message),
    );
  }, []);
  const replay = async (): Promise<void> => {
    const gone = new Set(homeless?.map(({ id }) => id));
    const wanted = ids.filter((id) => !gone.has(id));
    try {
      for (let from = 0; from < wanted.length && !isStopped.current; from += BATCH) {
        setDone(from);
        await post('dead/replay', { ids: wanted.slice(from, from + BATCH), dryRun: false });
      }
      onClose(true);
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="replay-title" onClose={() => onClose(done !== undefined)}>
      <h2 id="replay-title">Replay {many(letters.length, 'dead letter')}?</h2>
      <p>
        To {receivers.join(', ')}. The oldest died {age(oldest)} ago.
      </p>
      <p class="warning">
        What a receiver did before it failed may happen again: e-mails may be sent again where the
        receiver does not tell repetitions apart.
      </p>
      {homeless && homeless.length > 0 && (
        <p class="warning" role="alert">
          {[
            ...new Set(homeless.map(({ receiver }) => `The receiver ${receiver} no longer exists`)),
          ].join('. ')}
          : {many(homeless.length, 'letter')} will stay where{' '}
          {homeless.length === 1 ? 'it is' : 'they are'}.
        </p>
      )}
      {refusal && (
        <p class="error" role="alert">
          {refusal}
        </p>
      )}
      {done !== undefined && <progress value={done} max={ids.length} aria-label="Replayed" />}
      <div class="acts">
        <button
          type="button"
          class="quiet"
          onClick={() => {
            isStopped.current = true;
            dialog.current?.close();
          }}
        >
          {done === undefined ? 'Cancel' : 'Stop'}
        </button>
        <button
          type="button"
          disabled={homeless === undefined || homeless.length === ids.length || done !== undefined}
          onClick={() => void replay()}
        >
          Replay
        </button>
      </div>
    </dialog>
  );
}
