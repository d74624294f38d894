import type { ErrorSink, Signals } from 'nestjs-signals/core';
import { report } from 'nestjs-signals/integration';
import { inspectorAction, type ActedLetter, type InspectorAction } from '../inspector-action.js';
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
      await this.signals.send(inspectorAction, action);
    } catch (error) {
      report(
        this.onError,
        error,
        'An action in the inspector could not be noted, and was not done',
      );
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
  const { by } = action;
  switch (action.action) {
    case 'replay':
      return `${lettersOf(action.letters, 'replayed')}${action.to === undefined ? '' : ` to ${action.to}`} by ${by}`;
    case 'discard':
      return `${lettersOf(action.letters, 'discarded')} by ${by}`;
    default:
      return `The trace ${action.trace} is ${action.action}ned by ${by}`;
  }
}

/** `The dead letter 7 of billing.mail is replayed`. */
function lettersOf(letters: readonly ActedLetter[], done: string): string {
  const receivers = [...new Set(letters.map(({ receiver }) => receiver))].join(', ');
  return letters.length === 1
    ? `The dead letter ${letters[0]?.id} of ${receivers} is ${done}`
    : `${letters.length} dead letters of ${receivers} are ${done}`;
}
