import { nameOfSender } from 'nestjs-signals/integration';
import type { ReceiverTrace, SendTrace } from 'nestjs-signals/diagnostics';
import { shownError } from './shown-error.js';
import type { ShownValues } from './shown-value.js';
import { IGNORED, locate, locatedAt, type Located, type SpanWriter } from './span-writer.js';
import { Statistics } from './statistics.js';

export type MaybeFailed = { readonly error?: unknown };

/** Records sends and the receivers that run for them. */
export class RunRecorder {
  readonly statistics = new Statistics();

  constructor(
    private readonly writer: SpanWriter,
    private readonly values: ShownValues,
  ) {}

  sendBegan(send: SendTrace): void {
    const at = this.writer.rooted(this.writer.around(send.cause, send.place), send.signal.name);
    if (!at) return;
    const { name } = send.signal;
    const span = this.writer.begin(at.trace, at.span, 'signal', name, send.place);
    span.site = send.site;
    span.sender = send.sender === null ? undefined : nameOfSender(send.sender);
    span.receivers = send.receivers.map(({ dispatchUid }) => dispatchUid);
    span.input = this.values.of(send.payload);
    this.writer.grow(at.trace, this.values.bytes);
    this.statistics.sent(send.signal, send.site, send.receivers.length);
    locate(send, { trace: at.trace, span });
  }

  sendEnded(send: SendTrace & MaybeFailed): void {
    const at = locatedAt(send);
    if (!at || at === IGNORED) return;
    const { trace, span } = at;
    if (send.skipped.length > 0) {
      span.notRun = send.skipped.map(({ receiver, reason }) => ({
        receiver: receiver.dispatchUid,
        location: receiver.location,
        reason,
      }));
    }
    if ('error' in send) this.statistics.sendFailed(send.signal);
    this.writer.end(trace, span, 'error' in send ? 'failed-aborted' : 'ok');
    this.writer.closeBackground(at);
  }

  receiverBegan(run: ReceiverTrace): void {
    const { cause, receiver } = run;
    if (cause?.kind === 'callback' && cause.isReceiver) {
      const deferred = locatedAt(cause);
      if (deferred) locate(run, deferred);
      return;
    }
    const at = this.writer.rooted(this.writer.around(cause, run.place), receiver.dispatchUid);
    if (!at) return;
    const span = this.writer.begin(at.trace, at.span, 'receiver', receiver.dispatchUid, run.place);
    span.site = receiver.location;
    span.phase = receiver.phase;
    span.isolated = run.isolated;
    locate(run, { trace: at.trace, span });
  }

  receiverEnded(run: ReceiverTrace & MaybeFailed): void {
    const at = locatedAt(run);
    if (!at || at === IGNORED) return;
    const { trace, span } = at;
    const isFailed = 'error' in run;
    if (span.kind === 'callback') {
      this.#count(run, at, performance.now() - trace.clock);
      return;
    }
    const outcome = run.isolated ? 'failed-isolated' : 'failed-aborted';
    const error = isFailed ? { error: run.error } : undefined;
    this.writer.end(trace, span, isFailed ? outcome : 'ok', error);
    this.#count(run, at, span.end ?? span.start);
    this.writer.closeBackground(at);
  }

  #count(run: ReceiverTrace & MaybeFailed, { trace, span }: Located, end: number): void {
    const statistics = this.statistics.ran(run.receiver, end - span.start);
    if (!('error' in run)) return;
    statistics.failures += 1;
    const { message } = shownError(run.error);
    statistics.lastFailure = { message, at: Date.now(), trace: trace.id };
  }
}
