import { hasEffects, sentenceOf, type TitleOf } from './sentence.js';
import type { Trace } from './trace.js';
import { traceName } from './trace-name.js';
import type { TraceSummary } from './trace-summary.js';

export function summaryOf(trace: Trace, titleOf?: TitleOf): TraceSummary {
  const { spans, facts } = trace;
  const tally = {
    signals: 0,
    receivers: 0,
    statements: 0,
    statementTime: 0,
    receiverTime: 0,
    transactions: 0,
    callbacks: 0,
    deliveries: 0,
    failedIsolated: 0,
    failedAborted: 0,
    rolledBack: 0,
    dropped: 0,
    pending: 0,
    passedBy: 0,
  };
  const names = new Set<string>();
  for (const span of spans) {
    const { kind, outcome, name } = span;
    const took = (span.end ?? span.start) - span.start;
    if (kind === 'signal') tally.signals += 1;
    if (kind === 'transaction') tally.transactions += 1;
    if (kind === 'delivery') tally.deliveries += 1;
    if (kind === 'bypass') tally.passedBy += 1;
    if (kind === 'sql') {
      tally.statements += 1;
      tally.statementTime += took;
    }
    if (kind === 'receiver' || (kind === 'callback' && outcome !== 'dropped')) {
      tally[kind === 'receiver' ? 'receivers' : 'callbacks'] += 1;
      if (!isInReceiver(trace, span.parent)) tally.receiverTime += took;
    }
    if (outcome === 'failed-isolated') tally.failedIsolated += 1;
    if (outcome === 'failed-aborted' && kind !== 'signal') tally.failedAborted += 1;
    if (outcome === 'rolled-back') tally.rolledBack += 1;
    if (kind === 'delivery') names.add(span.delivery ?? '');
    if (outcome === 'dropped' && span.reason === 'rolledBack') tally.dropped += 1;
    if (outcome === 'pending') tally.pending += 1;
    if (kind !== 'sql' && kind !== 'entry') names.add(name);
  }
  const { status, path } = facts;
  return {
    id: trace.id,
    sequence: trace.sequence,
    entry: trace.entry,
    name: traceName(trace),
    path: typeof path === 'string' ? path : undefined,
    status: typeof status === 'number' ? status : undefined,
    startedAt: trace.startedAt,
    duration: trace.duration,
    ...tally,
    truncated: trace.truncated,
    hasEffects: hasEffects(trace),
    isPinned: trace.isPinned,
    names: [...names].slice(0, 60),
    sentence: sentenceOf(trace, titleOf),
  };
}

function isInReceiver({ spans }: Trace, parent: number | undefined): boolean {
  for (let at = parent; at !== undefined; at = spans[at]?.parent) {
    const kind = spans[at]?.kind;
    if (kind === 'receiver' || kind === 'callback') return true;
  }
  return false;
}
