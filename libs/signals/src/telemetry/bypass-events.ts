import { trace } from '@opentelemetry/api';
import { nameOfSender } from '../integration/index.js';
import type { BypassTrace } from '../diagnostics/index.js';
import { codeAttributes, placeAttributes } from './attributes.js';

/** Notes on the active span that a write passed receivers by. */
export function tellBypass({ by, sender, operation, missed, place, site }: BypassTrace): void {
  trace.getActiveSpan()?.addEvent('signals.bypass', {
    'signals.entity': nameOfSender(sender),
    'signals.operation': operation,
    'signals.bypass_by': by,
    'signals.receivers_missed': missed.map(({ dispatchUid }) => dispatchUid),
    ...placeAttributes(place),
    ...codeAttributes(site),
  });
}
