import {
  PENDING_STATES,
  type EndedLetter,
  type PendingDelivery,
  type PendingState,
} from '../dead-letter-desk.js';
import type { Trace } from '../recorder/trace.js';
import { answerJson, notFound, Problem } from './answer.js';
import type { Inspected } from './inspected.js';
import type { Call } from './call.js';

/** Lists deliveries that are not done, by their state, or letters that are dead no more: `ended`. */
export async function answerDeliveries(
  { options, recorder }: Inspected,
  { response, query, viewer }: Call,
): Promise<void> {
  const { durable } = options;
  if (!durable) throw notFound('No durable deliveries are kept here.');
  const state = query.get('state') ?? '';
  if (state === 'ended') {
    const ended = (await durable.deadLetters.ended?.()) ?? [];
    const traces = recorder.store.list();
    return answerJson(response, {
      ended: ended.map((letter) => endedRow(letter, traces, viewer.seesValues)),
    });
  }
  if (!isPending(state)) {
    throw new Problem(
      400,
      'invalid',
      'The request is not valid',
      `state must be one of ${[...PENDING_STATES, 'ended'].join(', ')}.`,
    );
  }
  const pending = (await durable.pending?.(state)) ?? [];
  answerJson(response, { pending: pending.map((each) => pendingRow(each, viewer.seesValues)) });
}

function isPending(state: string): state is PendingState {
  return (PENDING_STATES as readonly string[]).includes(state);
}

function pendingRow(
  { carrier, reason, ...delivery }: PendingDelivery,
  seesValues: boolean,
): object {
  return {
    ...delivery,
    reason: seesValues ? reason : undefined,
    origin: carrier['signals-trace'],
  };
}

/** With the trace of the job that took the delivery last, where this process has it. */
export function endedRow(
  letter: EndedLetter,
  traces: readonly Trace[],
  seesValues: boolean,
): object {
  const job =
    letter.deliveryId &&
    traces.find(({ entry, facts }) => entry === 'job' && facts['deliveryId'] === letter.deliveryId);
  return {
    ...letter,
    reason: seesValues ? letter.reason : undefined,
    job: job ? job.id : undefined,
  };
}
