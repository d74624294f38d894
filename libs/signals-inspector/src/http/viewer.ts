import type { Access } from '../inspector-options.js';
import { sentenceOf, type TitleOf } from '../recorder/sentence.js';
import { summaryOf } from '../recorder/summary.js';
import type { ShownError, Span, Trace } from '../recorder/trace.js';
import type { TraceSummary } from '../recorder/trace-summary.js';

export type ShownSpan = Partial<Span> & Pick<Span, 'id' | 'kind' | 'name' | 'start' | 'outcome'>;

export interface ShownTrace {
  readonly summary: TraceSummary;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly spans: readonly ShownSpan[];
  readonly truncated: number;
}

/** Shows traces to somebody, as far as that person's access goes: `read` is never given a value. */
export class Viewer {
  constructor(
    readonly access: Exclude<Access, 'none'>,
    private readonly titleOf: TitleOf | undefined,
    /** What this person's actions are told to be done by. */
    readonly name: string,
  ) {}

  get seesValues(): boolean {
    return this.access === 'operate';
  }

  summary(trace: Trace): TraceSummary {
    const summary = summaryOf(trace, this.titleOf);
    if (this.seesValues) return summary;
    // The path carries ids, and a title may.
    return {
      ...summary,
      path: undefined,
      name: valueless(trace, summary),
      sentence: sentenceOf(trace, () => valueless(trace, summary)),
    };
  }

  trace(trace: Trace): ShownTrace {
    return {
      summary: this.summary(trace),
      facts: this.seesValues ? trace.facts : knownFacts(trace.facts),
      spans: trace.spans.map((span) => this.#span(span)),
      truncated: trace.truncated,
    };
  }

  #span(span: Span): ShownSpan {
    const shown = this.seesValues ? span : withoutValues(span);
    // What is undefined, empty or false need not travel.
    const told = Object.entries(shown).filter(([, value]) => isTold(value));
    return Object.fromEntries(told) as ShownSpan;
  }
}

function isTold(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}

function withoutValues(span: Span): Span {
  return {
    ...span,
    name: span.kind === 'sql' ? withoutLiterals(span.name) : span.name,
    input: undefined,
    error: span.error && withoutMessage(span.error),
  };
}

/** The message of an error may quote a value, as PostgreSQL's do. */
function withoutMessage({ name, stack, cause }: ShownError): ShownError {
  return { name, message: '(hidden)', stack, cause: cause && withoutMessage(cause) };
}

function withoutLiterals(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'?/g, "'…'").replaceAll(/(?<![\w$"])\d[\d.]*/g, '…');
}

function valueless({ facts, entry }: Trace, { name }: TraceSummary): string {
  if (entry !== 'http') return name;
  const { method, route } = facts;
  return `${typeof method === 'string' ? method : ''} ${typeof route === 'string' ? route : '(no route)'}`;
}

function knownFacts({
  method,
  route,
  handler,
  status,
  duration,
  aborted,
  otelTraceId,
}: Trace['facts']): Trace['facts'] {
  return { method, route, handler, status, duration, aborted, otelTraceId };
}
