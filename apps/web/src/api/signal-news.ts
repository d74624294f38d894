import { Store } from '../store.js';

/** What a click set off, where the shop shows its signals. */
export interface SignalNews {
  readonly click: number;
  /** One for each request that sent a signal. */
  readonly traces: readonly string[];
  readonly signals: number;
  readonly receivers: number;
}

export const signalNews = new Store<SignalNews | undefined>(undefined);

let click = 0;
// Keys that press a button or send a form click, too.
addEventListener('click', () => (click += 1), { capture: true });

/** Takes note of what a change set off; what only reads is not worth a word. */
export function noticeSignals({ method }: Request, answer: Response): Response {
  const trace = answer.headers.get('x-signals-trace');
  if (trace === null || method === 'GET') return answer;
  const summary = new Map(
    (answer.headers.get('x-signals-summary') ?? '').split(';').map((part) => {
      const [name = '', count] = part.trim().split('=');
      return [name, Number(count)];
    }),
  );
  const signals = summary.get('signals') ?? 0;
  if (signals > 0) add(trace, signals, summary.get('receivers') ?? 0);
  return answer;
}

/** One click may be several requests: who registers is signed in as well. */
function add(trace: string, signals: number, receivers: number): void {
  const last = signalNews.value;
  const before = last?.click === click ? last : { traces: [], signals: 0, receivers: 0 };
  signalNews.set({
    click,
    traces: [...before.traces, trace],
    signals: before.signals + signals,
    receivers: before.receivers + receivers,
  });
}
