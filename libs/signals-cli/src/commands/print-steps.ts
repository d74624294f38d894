import {
  isInTransaction,
  phaseWord,
  type ReceiverStep,
  type SendStep,
  type Step,
  type TransactionStep,
  type WriteStep,
} from '../model/index.js';
import type { Place } from '../sources/index.js';
import type { Paint } from '../text/index.js';

/** Prints steps as an outline: what is further in happens inside what is further out. */
export class StepPrinter {
  /** What has been printed, so that nothing is printed twice. */
  readonly #printed = new Set<string>();

  constructor(private readonly paint: Paint) {}

  lines(steps: readonly Step[]): readonly string[] {
    return steps.flatMap((step) => this.#step(step));
  }

  /** What runs after the end of a transaction, under headings. */
  ends({
    afterCommit,
    afterRollback,
  }: Pick<TransactionStep, 'afterCommit' | 'afterRollback'>): readonly string[] {
    return [
      ...this.#part('after its commit', 'green', afterCommit),
      ...this.#part('after a rollback', 'red', afterRollback),
    ];
  }

  place(place: Place | undefined): string {
    return place?.file ? `  ${this.paint('dim', `${place.file}:${place.line}`)}` : '';
  }

  #step(step: Step): readonly string[] {
    switch (step.kind) {
      case 'transaction':
        return this.#transaction(step);
      case 'send':
        return this.#send(step);
      case 'write':
        return this.#write(step);
      case 'receiver':
        return this.#receiver(step);
      case 'listener':
        return [`${this.paint('bold', step.owner)} hears the event ${step.event}`];
      case 'callback':
        return [
          `a callback of ${step.site.by}${this.place(step.site)}`,
          ...indented(this.lines(step.steps)),
        ];
      case 'external':
        return [
          `${perhaps(step)}${this.paint('magenta', step.channel)} ${step.call}${this.place(step.site)}`,
        ];
    }
  }

  #transaction(step: TransactionStep): readonly string[] {
    const what = step.isSavepoint ? 'savepoint' : 'transaction';
    const whose = step.isImplicit ? 'of its own' : `of ${step.site.by}`;
    const title = `${perhaps(step)}${this.paint('blue', what)} ${whose}`;
    const inside = [...indented(this.lines(step.steps)), ...this.ends(step)];
    return this.#once(title, step.isImplicit ? '' : this.place(step.site), inside);
  }

  #send(step: SendStep): readonly string[] {
    const signal = step.signal ?? 'a signal that the code does not name';
    return [
      `${perhaps(step)}send ${this.paint('cyan', signal)}${this.place(step.site)}`,
      ...indented(this.lines(step.receivers)),
    ];
  }

  #write(step: WriteStep): readonly string[] {
    const what = step.table ?? (step.entities.join(' or ') || 'an entity');
    return [
      ...this.lines(step.before),
      `${perhaps(step)}${step.operation} ${this.paint('bold', what)}${this.place(step.site)}`,
      ...indented(this.lines(step.after)),
    ];
  }

  #receiver(step: ReceiverStep): readonly string[] {
    const { dispatchUid, signal, sender, failure, hasCondition, isRepeated } = step;
    const heard = `${signal}${sender ? `(${sender})` : ''}`;
    const words = [
      ...(isInTransaction(step) ? [] : [phaseWord(step)]),
      ...(hasCondition ? ['on its condition'] : []),
      failure,
      ...(isRepeated ? ['runs already, so this goes round in a circle'] : []),
    ];
    const title = `${perhaps(step)}${this.paint('cyan', heard)} → ${this.paint('bold', dispatchUid)}`;
    const inside = indented(this.lines(step.steps));
    return this.#once(`${title}: ${words.join(', ')}`, this.place(step.place), inside);
  }

  /** Leads back to what is inside when the same stood there before. */
  #once(title: string, place: string, inside: readonly string[]): readonly string[] {
    if (inside.length === 0) return [title + place];
    const key = [place, ...inside].join('\n');
    if (this.#printed.has(key)) return [`${title}${this.paint('dim', ', as above')}${place}`];
    this.#printed.add(key);
    return [title + place, ...inside];
  }

  #part(title: string, style: 'green' | 'red', steps: readonly Step[]): readonly string[] {
    return steps.length === 0 ? [] : [this.paint(style, title), ...indented(this.lines(steps))];
  }
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}

function perhaps({ isConditional }: { readonly isConditional?: boolean }): string {
  return isConditional ? 'perhaps ' : '';
}
