import { nameOfSender } from '../integration/index.js';
import type { ReceiverTrace, SendTrace, SpanListener } from '../diagnostics/index.js';
import { codeAttributes, placeAttributes, policyOf } from './attributes.js';
import { fail, type Spans } from './spans.js';

/** Spans of sends, and of the receivers that run for them: one for each call. */
export class RunSpans {
  readonly send: SpanListener<SendTrace> = {
    start: (send) => {
      const { signal, sender, receivers, robust, place, site } = send;
      this.spans.begin(send, `signal ${signal.name}`, {
        attributes: {
          'signals.signal': signal.name,
          'signals.receivers': receivers.length,
          'signals.robust': robust,
          ...(sender !== null && { 'signals.sender': nameOfSender(sender) }),
          ...placeAttributes(place),
          ...codeAttributes(site),
        },
      });
    },
    end: (send) => {
      const span = this.spans.open(send);
      if (!span) return;
      const hasFailed = 'error' in send;
      span.setAttributes({
        'signals.outcome': hasFailed ? 'failed-aborted' : 'ok',
        'signals.receivers_skipped': send.skipped.length,
      });
      if (hasFailed) fail(span, send.error, false);
      span.end();
    },
  };

  readonly receiver: SpanListener<ReceiverTrace> = {
    start: (run) => {
      const { receiver, send, place, cause } = run;
      const attempt = cause?.kind === 'entry' ? cause.facts.attempt : undefined;
      this.spans.begin(run, `receiver ${receiver.dispatchUid}`, {
        attributes: {
          'signals.receiver': receiver.dispatchUid,
          // A bridge is connected to every signal: what it runs for is what was sent.
          'signals.signal': send?.signal.name ?? receiver.signal,
          'signals.phase': receiver.phase,
          'signals.policy': policyOf(run),
          ...(typeof attempt === 'number' && { 'signals.attempt': attempt }),
          ...placeAttributes(place),
          ...codeAttributes(receiver.location, receiver.owner),
        },
      });
    },
    end: (run) => {
      const span = this.spans.open(run);
      if (!span) return;
      const failed = run.isolated ? 'failed-isolated' : 'failed-aborted';
      const hasFailed = 'error' in run;
      span.setAttribute('signals.outcome', hasFailed ? failed : 'ok');
      if (hasFailed) fail(span, run.error, true);
      span.end();
    },
  };

  constructor(private readonly spans: Spans) {}
}
