import { useEffect, useRef, useState } from 'preact/hooks';
import { post, type Letter, type Replay } from '../api.js';
import { age, many } from '../parts/format.js';

const BATCH = 50;

interface ReplayDialogProps {
  readonly letters: readonly Letter[];
  readonly onClose: (isReplayed: boolean) => void;
}

/** Asks before anything is tried again; goes in batches of fifty and can be stopped between them. */
export function ReplayDialog({ letters, onClose }: ReplayDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isStopped = useRef(false);
  const [prospect, setProspect] = useState<Replay>();
  const [targets, setTargets] = useState<Readonly<Record<string, string>>>({});
  const [done, setDone] = useState<number>();
  const [refusal, setRefusal] = useState('');
  const receivers = [...new Set(letters.map(({ receiver }) => receiver))];
  const oldest = Math.min(...letters.map(({ diedAt }) => Date.parse(diedAt)));
  const homeless = prospect?.homeless ?? [];
  useEffect(() => {
    dialog.current?.showModal();
    post<Replay>('dead/replay', { ids: letters.map(({ id }) => id), dryRun: true }).then(
      setProspect,
      (error: Error) => setRefusal(error.message),
    );
  }, []);
  const batches = batchesOf(letters, homeless, targets);
  const redirected = homeless.filter(({ receiver }) => targets[receiver]).length;
  const total = (prospect?.replayedCount ?? 0) + redirected;
  const untold = (prospect?.homelessCount ?? 0) - homeless.length;
  const replay = async (): Promise<void> => {
    let count = 0;
    try {
      for (const { ids, to } of batches) {
        if (isStopped.current) break;
        setDone(count);
        const wanted = { ids, ...(to !== undefined && { to }), dryRun: false };
        count += (await post<Replay>('dead/replay', wanted)).replayedCount;
      }
      onClose(count > 0);
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby="replay-title" onClose={() => onClose((done ?? 0) > 0)}>
      <h2 id="replay-title">Replay {many(letters.length, 'dead letter')}?</h2>
      <p>
        To {receivers.join(', ')}. The oldest died {age(oldest)} ago.
      </p>
      <p class="warning">
        What a receiver did before it failed may happen again: e-mails may be sent again where the
        receiver does not tell repetitions apart.
      </p>
      {[...new Set(homeless.map(({ receiver }) => receiver))].map((receiver) => (
        <Homeless
          key={receiver}
          receiver={receiver}
          count={homeless.filter((letter) => letter.receiver === receiver).length}
          targets={targetsFor(receiver, homeless, prospect)}
          onChoose={(to) => setTargets({ ...targets, [receiver]: to })}
        />
      ))}
      {untold > 0 && (
        <p class="warning">
          {many(untold, 'letter')} more cannot be replayed: their receivers no longer exist.
        </p>
      )}
      {refusal && (
        <p class="error" role="alert">
          {refusal}
        </p>
      )}
      {done !== undefined && <progress value={done} max={total} aria-label="Replayed" />}
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
          disabled={prospect === undefined || total === 0 || done !== undefined}
          onClick={() => void replay()}
        >
          Replay{total > 0 && total < letters.length ? ` ${total}` : ''}
        </button>
      </div>
    </dialog>
  );
}

interface HomelessProps {
  readonly receiver: string;
  readonly count: number;
  readonly targets: readonly string[];
  readonly onChoose: (to: string) => void;
}

/** Letters whose receiver is gone: they stay, or somebody says who takes them. */
function Homeless({ receiver, count, targets, onChoose }: HomelessProps) {
  const it = count === 1 ? 'It stays' : 'They stay';
  return (
    <div class="warning" role="alert">
      <p>The receiver {receiver} no longer exists.</p>
      {targets.length === 0 ? (
        <p>
          {many(count, 'letter')} cannot be replayed: no other durable receiver hears the signal.
        </p>
      ) : (
        <label>
          {many(count, 'letter')} to{' '}
          <select onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
            <option value="">nobody: {it.toLowerCase()} here</option>
            {targets.map((target) => (
              <option key={target}>{target}</option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

/** The receivers that can take every letter to the one that is gone. */
function targetsFor(
  receiver: string,
  homeless: readonly Letter[],
  prospect: Replay | undefined,
): readonly string[] {
  const signals = homeless.flatMap((letter) =>
    letter.receiver === receiver ? [letter.signal ?? ''] : [],
  );
  const [first = [], ...others] = [...new Set(signals)].map(
    (signal) => prospect?.targets[signal] ?? [],
  );
  return first.filter((target) => others.every((each) => each.includes(target)));
}

interface Batch {
  readonly ids: readonly string[];
  readonly to: string | undefined;
}

function batchesOf(
  letters: readonly Letter[],
  homeless: readonly Letter[],
  targets: Readonly<Record<string, string>>,
): readonly Batch[] {
  const gone = new Set(homeless.map(({ id }) => id));
  const groups = new Map<string, string[]>();
  for (const { id, receiver } of letters) {
    const to = gone.has(id) ? targets[receiver] : '';
    if (to === undefined || (to === '' && gone.has(id))) continue;
    groups.set(to, [...(groups.get(to) ?? []), id]);
  }
  return [...groups].flatMap(([to, ids]) =>
    Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, at) => ({
      ids: ids.slice(at * BATCH, (at + 1) * BATCH),
      to: to === '' ? undefined : to,
    })),
  );
}
