import type { Attributes } from '@opentelemetry/api';
import type { TransactionPlace } from '../integration/index.js';
import type { ReceiverTrace } from '../diagnostics/index.js';

/** Where something is in the code, under the names that OpenTelemetry's conventions give it. */
export function codeAttributes(place: string | undefined, of?: string): Attributes {
  const [, file, line] = /^(.*?):(\d+)(?::\d+)?$/.exec(place ?? '') ?? [];
  return {
    ...(file && { 'code.file.path': file, 'code.line.number': Number(line) }),
    ...(of !== undefined && { 'code.function.name': of }),
  };
}

export function placeAttributes(place: TransactionPlace | undefined): Attributes {
  if (!place) return {};
  return { 'signals.transaction': place.transaction, 'signals.savepoint_depth': place.depth };
}

/**
 * What a failure of the receiver does: `abort` reaches the sender and rolls its transaction back,
 * `isolate` is reported and harms nobody, `retry` has the delivery tried again.
 */
export function policyOf({ receiver, isolated }: ReceiverTrace): 'abort' | 'isolate' | 'retry' {
  if (receiver.phase === 'durable') return 'retry';
  return isolated ? 'isolate' : 'abort';
}
