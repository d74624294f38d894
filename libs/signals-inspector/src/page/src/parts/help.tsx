import { useEffect, useRef } from 'preact/hooks';

const LIST = [
  ['↑ ↓ or k j', 'move by a row'],
  ['→ ←', 'open, into / close, out'],
  ['Home End', 'first, last row'],
  ['Enter, Esc', 'to the details, and back'],
  ['1 – 9', 'open to that depth'],
  ['x', 'open or close all'],
  ['e E', 'next, previous failure'],
  ['n p', 'next, previous request'],
  ['/', 'filter'],
  ['.', 'pause, resume'],
  ['o', 'open the file in the editor'],
  ['y', 'copy the link'],
  ['r', 'replay, asks first'],
  ['g t, s, m, d, c, e', 'timeline, signals, map, dead letters, checks, mail'],
  ['t', 'theme'],
  ['?', 'this list'],
] as const;

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {LIST.map(([keys, does]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <div class="acts">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
