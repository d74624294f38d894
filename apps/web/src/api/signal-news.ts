import { Store } from '../store.js';

/** What a request set off, where the shop shows its signals. */
export interface SignalNews {
  readonly trace: string;
  readonly signals: number;
  readonly receivers: number;
}

export const signalNews = new Store<SignalNews | undefined>(undefined);

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
  if (signals > 0) signalNews.set({ trace, signals, receivers: summary.get('receivers') ?? 0 });
  return answer;
}
