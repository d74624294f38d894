import type { Attachment } from './applications-model.js';
import { ambient, around, endedError, inside, once, type Finding, type Place } from './place.js';
import { Failure, type Registration, type Transaction } from './postgres-model.js';
import { RECEIVERS, receiversOf } from './step.js';
import type { Plan, ReceiverName, Source, Step, StepOf } from './step.js';

/** What a send needs of the model around it. */
export interface Surroundings {
  readonly trace: string[];
  /** Who hears of a data source, in the order of attaching. */
  attached(on: Source): readonly Attachment[];
  run(steps: readonly Step[], place: Place): void;
  insert(on: Source, place: Place, row: string): void;
  /** Through a connection that is still held, or else through the pool. */
  insertLater(on: Source, place: Place, row: string): void;
  /** Runs the work in a savepoint of the transaction. */
  divide(transaction: Transaction, work: () => void): void;
  register(transaction: Transaction, on: Registration['on'], run: () => void): void;
  /** Tells the error sink. */
  report(error: unknown): void;
  /** Runs work whose failure reaches nobody but the error sink. */
  reporting(work: () => void): void;
}

export interface Sent {
  readonly label: string;
  readonly plan: Plan;
  readonly names: readonly ReceiverName[];
  readonly robust: boolean;
  readonly find: Finding;
  /** Set when the sender named its transaction. */
  readonly on?: Source;
}

/** The receivers of one send, one after the other; the first failure stops it. */
function send(model: Surroundings, sent: Sent, place: Place): void {
  refuse(sent);
  const store = heard(sent, 'stored') ? storing(model, sent, place) : undefined;
  for (const name of sent.names) {
    const steps = name === 'stored' ? undefined : sent.plan[name];
    const robust = sent.robust || RECEIVERS[name].robust;
    try {
      if (steps) deliver(model, sent, { name, steps, robust }, place);
    } catch (error) {
      if (!robust) throw error;
      model.report(error);
    }
  }
  store?.();
}

/** A signal that is sent by itself. */
export function sendByHost(model: Surroundings, step: StepOf<'send'>, place: Place): void {
  const find = once(() => ambient(place));
  send(model, { ...step, names: receiversOf('host'), find }, place);
}

/** Things that are saved together, before or after their statement. */
interface Saved extends Pick<Sent, 'find'> {
  readonly label: string;
  readonly plans: readonly Plan[];
  readonly on: Source;
  readonly isBefore: boolean;
  readonly transaction: Transaction | undefined;
}

/** TypeORM starts the hooks of all things at once, each of which then waits for its turn. */
export function sendSaved(model: Surroundings, saved: Saved, place: Place): void {
  const { label, plans, on, isBefore, transaction, find } = saved;
  const told = model.attached(on).flatMap((attachment) => {
    const all = receiversOf(attachment.of);
    const names = all.filter((name) => (name === 'vet') === isBefore);
    return names.length > 0 ? { attachment, names } : [];
  });
  const hooks = plans.flatMap((plan, index) => told.map((to) => ({ plan, index, ...to })));
  for (const { plan, index, attachment, names } of hooks) {
    if (transaction?.isOpen === false) throw endedError();
    // Who is closed by then hears nothing more.
    if (!model.attached(on).includes(attachment)) continue;
    const sent = { label: `${label}.${index}`, plan, names, robust: false, on };
    send(model, { ...sent, find: once(find) }, place);
  }
}

function heard({ names, plan }: Sent, name: ReceiverName): boolean {
  return names.includes(name) && plan[name] !== undefined;
}

/** Without a transaction, what would be refused after some receivers have run is refused before. */
function refuse(sent: Sent): void {
  const deferred = sent.names.filter(
    (name) => RECEIVERS[name].phase !== 'inTransaction' && heard(sent, name),
  );
  const needing = sent.robust ? deferred.filter((name) => name === 'stored') : deferred;
  if (needing.length === 0 || sent.find()) return;
  if (needing.includes('stored')) throw new Failure('DurableOutsideTransactionError');
}

/** The delivery is written last, in the transaction that was open when the signal was sent. */
function storing(model: Surroundings, { find, label, on }: Sent, place: Place): () => void {
  const transaction = find();
  return () => {
    if (!transaction?.isOpen) throw endedError();
    model.insert(transaction.on, place, `stored ${on ? 'thing ' : ''}${label}`);
  };
}

function deliver(
  model: Surroundings,
  { label, find, on }: Sent,
  { name, steps, robust }: { name: ReceiverName; steps: readonly Step[]; robust: boolean },
  place: Place,
): void {
  const { phase } = RECEIVERS[name];
  const now = phase === 'inTransaction';
  const transaction = on || robust || !now ? find() : undefined;
  if (transaction && (robust || !now) && !transaction.isOpen) throw endedError();

  if (!now) {
    const event = phase === 'afterCommit' ? 'commit' : 'rollback';
    const later = (at: Place) => model.reporting(() => receive(at, () => undefined));
    if (transaction) model.register(transaction, event, () => later(around(transaction)));
    else if (event === 'commit') later(place);
  } else if (robust && transaction) {
    model.divide(transaction, () => receive(inside(place, transaction), () => transaction));
  } else {
    receive(inside(place, transaction), find);
  }

  /** Notes that it ran, in the transaction of its context, and then does as planned. */
  function receive(at: Place, receiver: Finding): void {
    model.trace.push(`> ${label} ${name}`);
    const source = on ?? (now ? receiver() : transaction)?.on;
    const note = `note ${label} ${name}`;
    if (source && transaction && !now) model.insertLater(source, at, note);
    else if (source) model.insert(source, at, note);
    model.run(steps, { ...at, receiver });
    model.trace.push(`< ${label} ${name}`);
  }
}
