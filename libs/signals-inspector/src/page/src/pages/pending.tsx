import type { PendingDelivery } from '../api.js';
import { Note, useFetched } from '../parts/fetched.js';
import { age, until } from '../parts/format.js';
import { Link } from '../parts/link.js';

const EMPTY: Readonly<Record<string, string>> = {
  retrying: 'No delivery waits to be tried again.',
  waiting: 'Whatever is due has been taken.',
  delayed: 'No delivery is put off to a later time.',
  active: 'No worker is at a delivery now.',
};

/** Deliveries that are not done, the next one first. */
export function PendingList({ state, version }: { state: string; version: string }) {
  const { value, error } = useFetched<{ pending: readonly PendingDelivery[] }>(
    `deliveries?state=${encodeURIComponent(state)}`,
    version,
  );
  if (error) return <Note title="They cannot be read">{error.message}</Note>;
  if (!value) return <p class="loading">Loading…</p>;
  if (value.pending.length === 0) {
    return (
      <Note title="None">
        <p>{EMPTY[state]}</p>
      </Note>
    );
  }
  return (
    <div class="table" tabIndex={0} role="region" aria-label="Deliveries">
      <table>
        <thead>
          <tr>
            <th scope="col">Receiver</th>
            <th scope="col">Last error</th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col">Written</th>
            <th scope="col">{state === 'active' ? 'Running' : 'Due'}</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {value.pending.map(
            ({ id, receiver, signal, reason, attempts, writtenAt, dueAt, startedAt, origin }) => (
              <tr key={id}>
                <th scope="row">
                  {receiver}
                  <small>{signal}</small>
                </th>
                <td class={reason ? 'error' : undefined}>{reason ?? '–'}</td>
                <td class="number">{attempts === 0 ? '–' : `${attempts} ×`}</td>
                <td>{age(Date.parse(writtenAt))} ago</td>
                <td>
                  {state === 'active' && startedAt
                    ? `for ${age(Date.parse(startedAt))}`
                    : until(Date.parse(dueAt))}
                </td>
                <td>{origin ? <Link to={`t/${origin}`}>its request</Link> : '–'}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}
