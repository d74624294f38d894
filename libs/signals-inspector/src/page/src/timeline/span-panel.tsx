import type { ComponentChildren } from 'preact';
import type { ShownError, Span } from '../api.js';
import { Copy } from '../parts/copy.js';
import { duration, many } from '../parts/format.js';
import { Link } from '../parts/link.js';
import { Lamp, lookOf, WORDS } from '../parts/outcome.js';
import { Site } from '../parts/site.js';
import { took } from './rows.js';
import { KIND_WORDS, labelOf } from './waterfall.js';

const REASONS: Readonly<Record<string, string>> = {
  sender: 'connected for another sender',
  condition: 'its condition answered false',
  muted: 'muted here',
};

const DROPPED: Readonly<Record<string, string>> = {
  rolledBack:
    'Its transaction, or the savepoint it was queued in, was rolled back, so it never ran.',
  committed: 'It waited for a rollback, and the transaction committed: there was nothing to do.',
  replaced: 'A later callback with the same key took its place.',
  unknown:
    'The connection was lost during COMMIT. Nobody knows how the transaction ended, so it did not run.',
};

/** Everything that is known of one span. */
export function SpanPanel({
  span,
  spans,
  facts,
}: {
  span: Span;
  spans: readonly Span[];
  facts: Readonly<Record<string, unknown>>;
}) {
  const queuedBy = spans.find(({ id }) => id === span.queuedBy);
  return (
    <section class="panel" id="panel" tabIndex={-1} aria-label="Details">
      <header>
        <span class={`outcome is-${lookOf(span.outcome)}`}>
          <Lamp outcome={span.outcome} /> {WORDS[span.outcome] ?? span.outcome}
        </span>
        <span class="tag">{KIND_WORDS[span.kind] ?? span.kind}</span>
        <span class="took">{duration(span.end === undefined ? undefined : took(span))}</span>
      </header>
      <h3>{span.kind === 'sql' ? 'Statement' : labelOf(span)}</h3>
      <p>{effectOf(span)}</p>
      {span.site && (
        <p>
          {span.kind === 'signal' ? 'Sent at ' : 'Declared at '}
          <Site site={span.site} />
        </p>
      )}
      {queuedBy && span.kind !== 'sql' && (
        <p>
          Queued by <b>{queuedBy.name}</b>{' '}
          {span.queuedAt !== undefined && `at ${duration(span.queuedAt)}`}
          {span.queuedAt !== undefined &&
            span.start > span.queuedAt &&
            `, ran ${duration(span.start - span.queuedAt)} later`}
          .
        </p>
      )}
      {span.job && (
        <p>
          <Link to={`t/${span.job}`}>The job that received it</Link>
        </p>
      )}
      {span.kind === 'sql' && <Statement span={span} />}
      {span.kind === 'entry' && <Values title="Request" value={facts} />}
      {span.kind !== 'sql' && span.input !== undefined && (
        <Values
          title="Input"
          note="Texts are replaced by their length unless declared visible."
          value={span.input}
        />
      )}
      {span.error && <Failure error={span.error} />}
      {(span.receivers?.length ?? 0) > 0 && (
        <Block title={span.kind === 'bypass' ? 'Not told' : 'Receivers'}>
          <ul>
            {span.receivers?.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </Block>
      )}
      {(span.notRun?.length ?? 0) > 0 && (
        <Block title="Not run">
          <ul>
            {span.notRun?.map(({ receiver, reason, location }) => (
              <li key={`${receiver} ${location}`}>
                <b>{receiver}</b>: {REASONS[reason] ?? reason}{' '}
                {location && <Site site={location} />}
              </li>
            ))}
          </ul>
        </Block>
      )}
    </section>
  );
}

function effectOf(span: Span): string {
  const inside =
    span.transaction === undefined
      ? 'outside any transaction'
      : `inside transaction ${span.transaction}`;
  const nested = (span.depth ?? 0) > 0 ? `, in ${many(span.depth ?? 0, 'savepoint')}` : '';
  switch (span.outcome) {
    case 'failed-isolated':
      return 'It failed, was reported, and the caller went on: the failure harmed nobody.';
    case 'failed-aborted':
      return 'It failed, and the failure reached the sender: what the transaction had done was undone.';
    case 'dropped':
      return DROPPED[span.reason ?? ''] ?? 'It never ran.';
    case 'rolled-back':
      return 'Everything inside it was undone, and what waited for its commit was dropped.';
    case 'pending':
      return span.kind === 'delivery'
        ? 'Written down in the transaction; a worker delivers it.'
        : 'It waits for the end of its transaction.';
    default:
      break;
  }
  if (span.kind === 'bypass')
    return `A ${span.reason} write that receivers of single instances were not told of, ${inside}.`;
  if (span.kind === 'delivery') return `Written ${inside}${nested}, and delivered.`;
  if (span.kind === 'callback')
    return span.phase === 'afterRollback'
      ? 'Ran after the rollback.'
      : 'Ran after the commit, outside the transaction.';
  if (span.kind === 'transaction')
    return span.outcome === 'ok' ? 'Committed. What follows its end is outside.' : 'It is open.';
  if (span.kind === 'entry') return 'Came in from outside; all that follows is its doing.';
  return `Ran ${inside}${nested}${span.kind === 'receiver' ? (span.isolated ? '; a failure of it would harm nobody' : '; a failure of it would undo the caller') : ''}.`;
}

function Block({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="block">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Statement({ span }: { span: Span }) {
  const types = Array.isArray(span.input) ? span.input : [];
  return (
    <Block title="SQL">
      <pre tabIndex={0}>{span.name}</pre>
      <p>
        {span.rows !== undefined && many(span.rows, 'row')}
        {types.length > 0 && ` · ${many(types.length, 'parameter')}: ${types.join(', ')}`}{' '}
        <Copy text={() => span.name}>Copy</Copy>
      </p>
    </Block>
  );
}

function Values({ title, note, value }: { title: string; note?: string; value: unknown }) {
  return (
    <Block title={title}>
      <pre tabIndex={0}>{JSON.stringify(value, rounded, 2)}</pre>
      {note && <p class="soft">{note}</p>}
    </Block>
  );
}

/** Nobody reads nanoseconds. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
}

export function Failure({ error, title = 'Error' }: { error: ShownError; title?: string }) {
  return (
    <Block title={title}>
      <p class="error">
        <b>{error.name}</b> {error.message}
      </p>
      {error.stack.length > 0 && <pre tabIndex={0}>{error.stack.join('\n')}</pre>}
      {error.cause && <Failure error={error.cause} title="Caused by" />}
    </Block>
  );
}
