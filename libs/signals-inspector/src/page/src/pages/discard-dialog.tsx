import { useEffect, useRef, useState } from 'preact/hooks';
import { post, type Letter } from '../api.js';
import { many } from '../parts/format.js';

interface DiscardDialogProps {
  readonly letters: readonly Letter[];
  readonly onClose: (isDiscarded: boolean) => void;
}

/** Asks before dead letters are given up, which nobody can take back. */
export function DiscardDialog({ letters, onClose }: DiscardDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const receivers = [...new Set(letters.map(({ receiver }) => receiver))];
  useEffect(() => dialog.current?.showModal(), []);
  const discard = async (): Promise<void> => {
    setBusy(true);
    try {
      await post('dead/discard', { ids: letters.map(({ id }) => id) });
      onClose(true);
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="discard-title" onClose={() => onClose(false)}>
      <h2 id="discard-title">Discard {many(letters.length, 'dead letter')}?</h2>
      <p class="warning">
        What {receivers.join(', ')} should have done for {letters.length === 1 ? 'it' : 'them'} will
        never be done. Where the receiver keeps an order, later deliveries of the same key go on.
      </p>
      {refusal && (
        <p class="error" role="alert">
          {refusal}
        </p>
      )}
      <div class="acts">
        <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button type="button" disabled={isBusy} onClick={() => void discard()}>
          Discard
        </button>
      </div>
    </dialog>
  );
}
