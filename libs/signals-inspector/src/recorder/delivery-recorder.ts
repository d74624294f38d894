import type { DeliveryTrace } from 'nestjs-signals/diagnostics';
import { IGNORED, type Located, type SpanWriter } from './span-writer.js';
import type { Span, Trace } from './trace.js';

/** How a delivery tells the job that receives it, in whatever process, where it was written. */
export const ORIGIN = 'signals-trace';

/** Deliveries of long ago are looked up where they are kept. */
const MOST = 5_000;

/** Records deliveries that are written down, and what becomes of those that this process receives. */
export class DeliveryRecorder {
  readonly #waiting = new Map<string, Located>();

  constructor(private readonly writer: SpanWriter) {}

  written({ receiver, deliveryId, delay, carrier, place, cause }: DeliveryTrace): void {
    const at = this.writer.around(cause, place);
    if (!at || at === IGNORED) return;
    const { trace } = at;
    const span = this.writer.begin(trace, at.span, 'delivery', receiver.dispatchUid, place);
    span.outcome = 'pending';
    span.phase = 'durable';
    span.isolated = true;
    span.site = receiver.location;
    span.delivery = deliveryId;
    span.queuedAt = span.start;
    span.queuedBy = at.span.id;
    if (delay > 0) span.reason = `after ${delay} ms`;
    carrier[ORIGIN] = trace.id;
    if (this.#waiting.size >= MOST) this.#forgetOldest();
    this.#waiting.set(deliveryId, { trace, span });
  }

  /** A job has begun, or ended, that receives a delivery of this process. */
  attempted({ id, facts }: Trace, ended?: { readonly isFailed: boolean }): void {
    const { deliveryId } = facts;
    const at = typeof deliveryId === 'string' ? this.#waiting.get(deliveryId) : undefined;
    if (!at) return;
    const { trace, span } = at;
    span.job = id;
    if (!ended) {
      span.outcome = 'running';
      span.start = performance.now() - trace.clock;
      this.writer.touch(trace);
      return;
    }
    this.writer.end(trace, span, ended.isFailed ? 'failed-isolated' : 'ok');
    if (!ended.isFailed) this.#waiting.delete(String(deliveryId));
  }

  /** What was written in a transaction, or at such a depth of it, is gone with it. */
  undone(trace: Trace, transaction: number, depth: number): void {
    for (const span of trace.spans) {
      if (isWritten(span) && span.transaction === transaction && span.depth >= depth) {
        span.reason = 'rolledBack';
        this.writer.end(trace, span, 'dropped');
        this.#waiting.delete(span.delivery ?? '');
      }
    }
  }

  #forgetOldest(): void {
    for (const [oldest] of this.#waiting) {
      this.#waiting.delete(oldest);
      return;
    }
  }
}

function isWritten({ kind, outcome }: Span): boolean {
  return kind === 'delivery' && outcome === 'pending';
}
