import { useEffect, useState } from 'preact/hooks';
import { get, type Example } from '../api.js';
import { Note } from '../parts/fetched.js';
import { many } from '../parts/format.js';

interface EmptyProps {
  readonly hidden: number;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

/** A list without rows says why, and what to do about it. */
export function Empty({ hidden, isFiltered, onClear }: EmptyProps) {
  if (isFiltered) {
    return (
      <Note title="Nothing fits">
        <p>{many(hidden, 'request')} hidden by the filter.</p>
        <button type="button" onClick={onClear}>
          Clear filter
        </button>
      </Note>
    );
  }
  return (
    <Note title={hidden > 0 ? 'No side effects yet' : 'No requests yet'}>
      {hidden > 0 && (
        <p>
          {many(hidden, 'request')} led to no signal.{' '}
          <button type="button" class="quiet" onClick={onClear}>
            Show all
          </button>
        </p>
      )}
      <TryOne />
    </Note>
  );
}

/** What the application offers to be tried out, as a button and for a terminal. */
function TryOne() {
  const [example, setExample] = useState<Example>();
  useEffect(() => {
    void next().then(setExample, () => {});
  }, []);
  if (!example) {
    return <p>Do something in the application: what it leads to appears here at once.</p>;
  }
  const send = async (): Promise<void> => {
    const { method, path, body } = (await next()) ?? example;
    await fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
  return (
    <>
      <p>Try one:</p>
      <button type="button" onClick={() => void send()}>
        {example.label}
      </button>
      <pre tabIndex={0}>{curlOf(example)}</pre>
    </>
  );
}

async function next(): Promise<Example | undefined> {
  const { example } = await get<{ example?: Example }>('example');
  return example;
}

function curlOf({ method, path, body }: Example): string {
  const data =
    body === undefined
      ? ''
      : ` \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(body)}'`;
  return `curl -X ${method} ${location.origin}${path}${data}`;
}
