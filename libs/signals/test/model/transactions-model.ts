import { ApplicationsModel, type Attachment } from './applications-model.js';
import { ambient, around, begin, endedError, inside, NOWHERE, type Place } from './place.js';
import { Failure, Session, type Registration, type Transaction } from './postgres-model.js';
import { sendByHost, sendSaved, type Surroundings } from './sending-model.js';
import { isByHand, LOST, SOURCES } from './step.js';
import type { Source, Step, StepOf } from './step.js';
import { ENDS, findNamed, Runner } from './typeorm-model.js';

/** What a tree must do, by PostgreSQL's rules, TypeORM's habits and the library's contract. */
export class TransactionsModel implements Surroundings {
  /** Every start and end of a callback or receiver, every error and whom it reached, in order. */
  readonly trace: string[] = [];
  /** What is committed; sorted in the end. */
  readonly rows: Record<Source, string[]> = { a: [], b: [] };
  /** TypeORM would give a connection with an open transaction back to the pool: nothing holds. */
  leaks = false;
  readonly #sessions = {
    a: new Session('a', this.rows.a, false),
    b: new Session('b', this.rows.b, false),
  };
  readonly #applications = new ApplicationsModel((on) => (this.#sessions[on].isWatched = true));
  readonly #held: Partial<Record<Source, Runner>> = {};
  #position = 0;

  static predict(tree: readonly Step[]): TransactionsModel {
    const model = new TransactionsModel();
    for (const step of tree) model.#attempt(step.label, [step], NOWHERE);
    for (const source of SOURCES) model.rows[source].sort();
    return model;
  }

  run(steps: readonly Step[], place: Place): void {
    for (const step of steps) this.#step(step, place);
  }

  /** A runner that goes on has its callbacks run at the end of the step that ended its transaction. */
  #step(step: Step, place: Place): void {
    try {
      this.#take(step, place);
    } finally {
      for (const runner of Object.values(this.#held)) runner.settle();
    }
  }

  #take(step: Step, place: Place): void {
    switch (step.do) {
      case 'fail':
        throw new Failure(`failure ${step.label}`);
      case 'attempt':
        return this.#attempt(step.label, step.body, place);
      case 'note':
        return this.insert(step.on, place, `note ${step.label}`);
      case 'sqlError':
        this.#admit(step.on, place);
        return this.#query(step.on, (session) => void (session.execute(), session.fail('22012')));
      case 'doom':
        this.#admit(step.on, place);
        return this.#query(step.on, (session) => session.doom());
      case 'rollback':
        return this.#query(step.on, (session) => session.rollback());
      case 'savepoint':
      case 'release':
      case 'rollbackTo':
        return this.#query(step.on, (session) => session[step.do](step.name));
      case 'bracket':
        this.#query(step.on, (session) => session.savepoint(step.name));
        this.run(step.body, place);
        return this.#query(step.on, (session) => session[step.end](step.name));
      case 'begin':
        return this.#begin(step, place);
      case 'kill':
        if (step.from === 'inside') this.#admit(step.on, place);
        return this.#held[step.on]?.query((session) => session.kill(step.from));
      case 'visit':
        return this.#applications.visit(step.on);
      case 'restart':
        return this.#restart(step, place);
      case 'runner':
        return this.#holding(step.on, false, () => this.run(step.body, place));
      case 'level':
        return this.#level(step, place, (at) => this.run(step.body, at));
      case 'parallel':
        return this.#level({ ...step, how: 'atomic' }, place, (at) => this.#inParallel(step, at));
      case 'save':
        return this.#save(step, place);
      case 'send':
        return sendByHost(this, step, place);
      case 'callback':
        return this.#callback(step, place);
    }
  }

  #attempt(label: string, body: readonly Step[], place: Place): void {
    try {
      this.run(body, place);
      this.trace.push(`returned ${label}`);
    } catch (error) {
      this.trace.push(`caught ${label}: ${nameOf(error)}`);
    }
  }

  #query(on: Source, statement: (session: Session) => void): void {
    const held = this.#held[on];
    if (held) held.query(statement);
    else statement(this.#sessions[on]);
  }

  #begin({ on, end, body }: StepOf<'begin'>, place: Place): void {
    const runner = this.#held[on];
    if (!runner || runner.isActive) return this.run(body, place);
    runner.query((session) => session.begin());
    begin(place, runner.session.transaction);
    try {
      this.run(body, place);
      runner.query((session) => session[end]());
    } catch (error) {
      if (runner.session.isAlive) runner.query((session) => session.rollback());
      throw error;
    }
  }

  /** Uses the connection that is held, or holds one for the duration of the work. */
  #holding(on: Source, owned: boolean, work: (runner: Runner) => void): void {
    const held = this.#held[on];
    if (held) return work(held);
    const runAll = (due: readonly Registration[]) => {
      for (const { run } of due) this.reporting(run, () => this.#applications.toldOf(on));
    };
    const runner = new Runner(this.#sessions[on], owned, runAll);
    this.#held[on] = runner;
    try {
      work(runner);
      runner.assertKept();
    } finally {
      if (runner.session.transaction || runner.isMisread) this.leaks = true;
      const { isAlive, isWatched } = runner.session;
      if (!isAlive) this.#sessions[on] = new Session(on, this.rows[on], isWatched);
      delete this.#held[on];
      runner.release();
    }
  }

  #level(
    { on, how }: Pick<StepOf<'level'>, 'on' | 'how'>,
    place: Place,
    work: (at: Place) => void,
  ): void {
    const byHand = isByHand(how);
    if (how === 'atomic') {
      if (this.#held[on]) ambient(place, on);
      else this.#sessions[on].isWatched = true;
    }
    this.#holding(on, !byHand, (runner) => {
      if (!byHand && !runner.session.isAlive) throw new Failure(LOST);
      const working = (begun: Transaction | undefined) => {
        begin(place, begun);
        work(byHand ? place : inside(place, runner.session.transaction));
      };
      const endsItself = !byHand && runner.isFollowed;
      runner.level(working, { endsItself, ends: runner.isActive ? {} : ENDS[how] });
    });
  }

  /** In any order: nobody sees it from outside, where none of them sends a statement that fails. */
  #inParallel({ until, body, label }: StepOf<'parallel'>, place: Place): void {
    if (until === 'allSettled') {
      for (const step of body) this.#attempt(step.label, [step], place);
      return;
    }
    const { length } = this.trace;
    try {
      this.run(body, place);
    } catch {
      this.trace.length = length;
      throw new Failure(`failure ${label}`);
    }
  }

  #save({ on, plans, label }: StepOf<'save'>, place: Place): void {
    this.#holding(on, true, (runner) => {
      const tell = (isBefore: boolean, at: Place) => {
        const { transaction } = runner.session;
        const find = () => findNamed(runner, at);
        sendSaved(this, { label, plans, on, isBefore, transaction, find }, at);
      };
      const save = (at: Place) => {
        tell(true, at);
        this.insert(on, at, ...plans.map((_, index) => `thing ${label}.${index}`));
        tell(false, at);
      };
      if (runner.isActive) save(inside(place, runner.session.transaction));
      else {
        runner.level((begun) => {
          begin(place, begun);
          save(inside(place, begun));
        });
      }
    });
  }

  #callback({ on, event, via, key, body, label }: StepOf<'callback'>, place: Place): void {
    const { receiver } = place;
    const held = this.#held[on];
    const run = (at: Place) => {
      this.trace.push(`> ${label}`);
      this.run(body, at);
      this.trace.push(`< ${label}`);
    };
    const ofReceiver = via === 'context' && receiver;
    const named = via === 'manager' && held;
    const transaction = ofReceiver
      ? ofReceiver()
      : named
        ? findNamed(named, place)
        : ambient(place);
    if (transaction) {
      const later = () => run(around(transaction));
      this.register(transaction, event, ofReceiver ? () => this.reporting(later) : later, key);
    } else if (event === 'commit') {
      const times = ofReceiver ? 1 : this.#applications.toldOutside(named ? on : undefined);
      this.reporting(
        () => run({ scopes: place.scopes }),
        () => times,
      );
    }
  }

  #restart({ on, how, body }: StepOf<'restart'>, place: Place): void {
    if (how === 'again') return this.run(body, place);
    const work = () => this.run(body, place);
    this.#sessions[on] = new Session(on, this.rows[on], false);
    this.#applications.attachAnew(on, how === 'attachedAfter' ? work : () => {});
    if (how === 'attachedBefore') work();
  }

  attached(on: Source): readonly Attachment[] {
    return this.#applications.of(on);
  }

  register(transaction: Transaction, on: Registration['on'], run: () => void, key?: string): void {
    if (!transaction.isOpen) throw endedError();
    const registration = { on, run, key, position: this.#position++ };
    transaction.registered = [...transaction.registered, registration];
  }

  divide({ on }: Transaction, work: () => void): void {
    this.#held[on]?.level(work, { endsItself: true });
  }

  insertLater(on: Source, place: Place, row: string): void {
    if (this.#held[on]?.session.isAlive) this.insert(on, place, row);
    else this.rows[on].push(row);
  }

  insert(on: Source, place: Place, ...rows: readonly string[]): void {
    this.#admit(on, place);
    this.#query(on, (session) => session.insert(...rows));
  }

  /** A statement is no part of a transaction that TypeORM has rolled back around it. */
  #admit(on: Source, { scopes }: Place): void {
    const held = this.#held[on];
    if (held?.session.isAlive && scopes.some((scope) => scope.on === on && scope.isGivenUp)) {
      throw endedError();
    }
  }

  /** @param times how many applications are told of a failure. */
  reporting(work: () => void, times = () => 1): void {
    try {
      work();
    } catch (error) {
      for (let left = times(); left > 0; left -= 1) this.report(error);
    }
  }

  report(error: unknown): void {
    this.trace.push(`reported ${nameOf(error)}`);
  }
}

const nameOf = (error: unknown) => (error instanceof Failure ? error.name : String(error));
