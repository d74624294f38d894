import type { ExampleRequest } from '../inspector-options.js';
import type { Trace } from '../recorder/trace.js';
import { answer, answerJson, jsonOf, MAIL_POLICY, notFound, Problem } from './answer.js';
import type { Call } from './call.js';
import { findingsIn } from './checks.js';
import { answerDeadAction } from './dead-letter-actions.js';
import { answerDead } from './dead-letters-api.js';
import { answerDeliveries } from './deliveries-api.js';
import type { Inspected } from './inspected.js';
import { newsOf } from './lookout.js';
import { registryView } from './registry-view.js';
import type { Viewer } from './viewer.js';

/** Answers one address below `/api/`, given without it. @throws Problem */
export async function answerApi(inspected: Inspected, path: string, call: Call): Promise<void> {
  const { request, response, viewer } = call;
  const { recorder, signals, stream } = inspected;
  const [resource = '', ...rest] = path.split('/').map(decoded);
  const isPost = request.method === 'POST';
  if (isPost && !viewer.seesValues) throw forbidden();
  switch (`${isPost ? 'POST' : 'GET'} ${resource}`) {
    case 'GET about':
      return answerJson(response, about(inspected, viewer));
    case 'GET traces':
      return rest.length > 0 ? showTrace(inspected, rest, call) : listTraces(inspected, call);
    case 'POST traces':
      return pin(inspected, rest, call);
    case 'GET registry':
      return answerJson(response, registryView(signals, recorder, viewer.seesValues));
    case 'GET checks': {
      const registry = registryView(signals, recorder, viewer.seesValues);
      return answerJson(response, { findings: findingsIn(registry) });
    }
    case 'POST checks':
      return lintSources(inspected, rest, call);
    case 'GET stream':
      if (stream.isFull)
        throw new Problem(503, 'too-many', 'Too many pages are open', 'Close one.');
      return stream.open(request, response, viewer);
    case 'GET dead':
      return answerDead(inspected, rest, call);
    case 'POST dead':
      return answerDeadAction(inspected, rest, call);
    case 'GET example':
      return answerJson(response, { example: exampleOf(inspected, viewer) });
    case 'GET jobs':
      return answerJson(response, { jobs: await newsOf(inspected.options.durable) });
    case 'GET deliveries':
      return answerDeliveries(inspected, call);
    case 'GET mails':
      return showMails(inspected, rest, call);
    default:
      throw notFound('There is no such address.');
  }
}

/** In development alone, where the sources are. */
async function lintSources(
  { sources, environment }: Inspected,
  [what]: readonly string[],
  { request, response }: Call,
): Promise<void> {
  if (what !== 'sources' || environment !== 'development') {
    throw notFound('There is no such address.');
  }
  await jsonOf(request); // a form of another site could send anything else
  answerJson(response, await sources.run());
}

/** In development alone: nobody tries things out in production. */
function exampleOf(
  { options, environment }: Inspected,
  viewer: Viewer,
): ExampleRequest | undefined {
  return environment === 'development' && viewer.seesValues ? options.example?.() : undefined;
}

function about({ recorder, stream, options, environment }: Inspected, viewer: Viewer): object {
  const { boot, bootedAt } = stream;
  return {
    access: viewer.access,
    environment,
    boot,
    bootedAt,
    state: recorder.store.state,
    retention: recorder.store.retention,
    editor: viewer.seesValues ? options.editor : undefined,
    directory: viewer.seesValues && options.editor ? process.cwd() : undefined,
    tracingUi: options.tracingUi,
    hasDeliveries: options.durable !== undefined,
    canDiscard: viewer.seesValues && options.durable?.deadLetters.discard !== undefined,
    canLint: environment === 'development' && viewer.seesValues,
    hasMails: options.mails !== undefined && viewer.seesValues,
  };
}

function listTraces({ recorder, stream }: Inspected, { response, query, viewer }: Call): void {
  const limit = Math.min(Number(query.get('limit')) || 500, 1_000);
  const traces = recorder.store.list().slice(0, limit);
  answerJson(response, {
    boot: stream.boot,
    bootedAt: stream.bootedAt,
    sequence: recorder.writer.sequence,
    state: recorder.store.state,
    traces: traces.map((trace) => viewer.summary(trace)),
  });
}

function showTrace(
  inspected: Inspected,
  [id = '']: readonly string[],
  { response, viewer }: Call,
): void {
  answerJson(response, viewer.trace(traceOf(inspected, id)));
}

async function pin(
  inspected: Inspected,
  [id = '', act]: readonly string[],
  { request, response, viewer }: Call,
): Promise<void> {
  if (act !== 'pin') throw notFound('There is no such address.');
  const { isPinned } = await jsonOf(request);
  if (typeof isPinned !== 'boolean') {
    throw new Problem(
      400,
      'invalid',
      'The request is not valid',
      'isPinned must be true or false.',
      '/isPinned',
    );
  }
  const { store } = inspected.recorder;
  const trace = traceOf(inspected, id);
  await inspected.actions.note({
    action: isPinned ? 'pin' : 'unpin',
    trace: trace.id,
    by: viewer.name,
  });
  if (!store.pin(trace, isPinned)) {
    const { pinned } = store.retention;
    throw new Problem(409, 'too-many-pinned', 'Too many are pinned', `At most ${pinned} are.`);
  }
  answerJson(response, { isPinned });
}

function traceOf({ recorder }: Inspected, id: string): Trace {
  const trace = recorder.store.get(id);
  if (trace) return trace;
  const { age, traces } = recorder.store.retention;
  throw new Problem(
    404,
    'trace-gone',
    'This one is gone',
    `Traces are kept for ${Math.round(age / 60_000)} minutes or ${traces} requests, and not over a restart.`,
  );
}

async function showMails(
  { options }: Inspected,
  [index, part]: readonly string[],
  call: Call,
): Promise<void> {
  if (!options.mails || !call.viewer.seesValues) throw notFound('No mail is caught here.');
  const mails = await options.mails();
  if (index === undefined) {
    answerJson(call.response, {
      mails: mails.map(({ to, from, subject, text, receivedAt }) => ({
        to,
        from,
        subject,
        text,
        receivedAt,
      })),
    });
    return;
  }
  // Counted from the oldest, so that an address stays the same when another mail comes.
  const mail = mails.at(-1 - Number(index));
  if (!mail || part !== 'html') throw notFound('There is no such mail.');
  const html = mail.html || '<p>This mail has no HTML part.</p>';
  answer(call.response, 200, 'text/html; charset=utf-8', html, {
    'content-security-policy': MAIL_POLICY,
  });
}

function forbidden(): Problem {
  return new Problem(403, 'read-only', 'You may only read here', 'This needs the access operate.');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
