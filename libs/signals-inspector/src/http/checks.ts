import { inspectorAction } from '../inspector-action.js';
import type { RegisteredReceiver, RegistryView } from './registry-view.js';

export interface Finding {
  readonly rule: string;
  /** The rule of `signals lint` that says the same of the sources. */
  readonly lint: string | undefined;
  readonly severity: 'error' | 'warning' | 'note';
  readonly title: string;
  /** Why it matters, and the way out. */
  readonly explanation: string;
  readonly where: readonly string[];
}

const SLOW = 100;
const OFTEN = 5;

const LINT: Readonly<Record<string, string>> = {
  'no-id': 'SIG002',
  unheard: 'SIG003',
  unsent: 'SIG004',
  'passed-by': 'SIG012',
};

/** What looks wrong in what is connected and in what was seen of it since the start. */
export function findingsIn({ signals, bypasses }: RegistryView): readonly Finding[] {
  const receivers = signals.flatMap((signal) => signal.receivers);
  const inline = receivers.filter(({ phase }) => phase === 'inTransaction');
  return [
    finding(
      'always-failing',
      'error',
      'Receivers that have failed every time',
      'Each run since the start has ended with an error. An isolated receiver fails without anybody noticing: ' +
        'look at its last failure, then mend or disconnect it.',
      receivers.filter(({ runs, failures }) => runs > 0 && runs === failures).map(labelled),
    ),
    finding(
      'passed-by',
      'warning',
      'Writes that passed receivers by',
      'A bulk statement or SQL text wrote rows of an entity with receivers, which were not told. Write single ' +
        'instances with save() or remove(), or listen to preBulk and postBulk.',
      bypasses.map(({ write, times }) => `${write}, ${times} ×`),
    ),
    finding(
      'unheard',
      'warning',
      'Signals that are sent and that nobody hears',
      'The send has no effect. Connect a receiver, or drop the send.',
      signals
        .filter(({ name }) => name !== inspectorAction.name)
        .filter(
          ({ category, sent, unheard }) => category === 'domain' && sent > 0 && unheard === sent,
        )
        .map(({ name, sites }) => [name, ...sites.map(({ site }) => site)].join('  ')),
    ),
    finding(
      'slow',
      'warning',
      'Receivers that hold their sender up',
      `95 of 100 runs stay above ${SLOW} ms inside the sender's transaction, which keeps its locks as long. Move ` +
        'the work behind the commit (afterCommit), or make it durable.',
      inline
        .filter(({ runs, p95 = 0 }) => runs >= OFTEN && p95 > SLOW)
        .map((receiver) => `${labelled(receiver)}  p95 ${receiver.p95?.toFixed(0)} ms`),
    ),
    finding(
      'no-id',
      'warning',
      'Receivers without a stable id',
      'Without a dispatchUid a receiver may connect twice, and nothing can name it. Declare one.',
      receivers.filter(({ dispatchUid }) => dispatchUid === 'anonymous').map(labelled),
    ),
    finding(
      'unsent',
      'note',
      'Signals that have not been sent since the start',
      'Nobody has done what they tell of yet, or nobody sends them any more.',
      signals
        .filter(({ name, sent }) => sent === 0 && ![inspectorAction.name, '*'].includes(name))
        .map(({ name }) => name),
    ),
    finding(
      'never-ran',
      'note',
      'Receivers whose signal is sent, but that never ran',
      'Their sender or their condition has not fitted any send since the start.',
      signals
        .filter(({ sent }) => sent > 0)
        .flatMap((signal) => signal.receivers)
        // A delivery may be due later, and another process may have taken it.
        .filter(({ runs, phase }) => runs === 0 && phase !== 'durable')
        .map(labelled),
    ),
  ].filter(({ where }) => where.length > 0);
}

function finding(
  rule: string,
  severity: Finding['severity'],
  title: string,
  explanation: string,
  where: readonly string[],
): Finding {
  return { rule, lint: LINT[rule], severity, title, explanation, where };
}

function labelled({ dispatchUid, signal, sender, location }: RegisteredReceiver): string {
  return [dispatchUid, `${signal} of ${sender}`, location].filter(Boolean).join('  ');
}
