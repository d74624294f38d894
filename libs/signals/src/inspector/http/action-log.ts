import type { ErrorSink, Signals } from '../../index.js';
import { inspectorAction, type InspectorAction } from '../inspector-action.js';
import { Problem } from './answer.js';

/** Tells the log and the application of every action before it is done. */
export class ActionLog {
  constructor(
    private readonly signals: Signals,
    private readonly log: (text: string) => void,
    private readonly onError: ErrorSink,
  ) {}

  /** @throws Problem when the application refuses to take note of it: then it is not done. */
  async note(action: InspectorAction): Promise<void> {
    try {
      await this.signals.send(inspectorAction, null, action);
    } catch (error) {
      this.onError(error, 'An action in the inspector could not be noted, and was not done');
      throw new Problem(
        503,
        'not-noted',
        'Nothing was done',
        'The application could not take note of it first. Its log says why.',
      );
    }
    this.log(inWords(action));
  }
}

function inWords(action: InspectorAction): string {
  if (action.action !== 'replay')
    return `The trace ${action.trace} is ${action.action === 'pin' ? 'pinned' : 'unpinned'} by ${action.by}`;
  const { letters, to, by } = action;
  const receivers = [...new Set(letters.map(({ receiver }) => receiver))].join(', ');
  const one = letters.length === 1;
  const what = one ? `The dead letter ${letters[0]?.id}` : `${letters.length} dead letters`;
  return `${what} of ${receivers} ${one ? 'is' : 'are'} replayed${to === undefined ? '' : ` to ${to}`} by ${by}`;
}
