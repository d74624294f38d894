import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import type { EntityManager, QueryRunner } from 'typeorm';
import { NoManagerError, type ReceiverContext } from 'nestjs-signals/core';
import { atomic, currentManager, onCommit, onRollback } from 'nestjs-signals/typeorm';
import { callbacksOf } from '../../src/typeorm/transactions/runner-callbacks.js';
import { runnerOf } from './connection.js';
import { byHand, kill } from './driven-by-hand.js';
import { Thing, type Parcel } from './parcel.js';
import type { RunLog } from './run-log.js';
import type { Stage } from './stage.js';
import {
  isByHand,
  RECEIVERS,
  SOURCES,
  type How,
  type ReceiverName,
  type Source,
  type Step,
  type StepOf,
} from './step.js';

/** The label of the step that is running, as an application's own context. */
const contexts = new AsyncLocalStorage<string>();

/** One tree, run with the real library. */
export class TreeRun {
  readonly #held: Partial<Record<Source, EntityManager>> = {};

  constructor(
    private readonly stage: Stage,
    private readonly log: RunLog,
  ) {}

  run(tree: readonly Step[]): Promise<void> {
    return this.log.during(async () => {
      for (const step of tree) await this.#attempt(step.label, [step]);
      let isOutside = false;
      onCommit(() => (isOutside = true));
      if (!isOutside) this.log.note('the tree has ended inside a transaction');
    });
  }

  async #run(steps: readonly Step[], context?: ReceiverContext): Promise<void> {
    for (const step of steps) await this.#step(step, context);
  }

  /** Callbacks of what a step ended by hand run beside the next one, unless somebody waits for them. */
  async #step(step: Step, context?: ReceiverContext): Promise<unknown> {
    try {
      return await contexts.run(step.label, () => this.#take(step, context));
    } finally {
      for (const manager of Object.values(this.#held)) await callbacksOf(runnerOf(manager)).run();
    }
  }

  async #take(step: Step, context?: ReceiverContext): Promise<unknown> {
    switch (step.do) {
      case 'fail':
        throw this.log.failure(step.label);
      case 'attempt':
        return this.#attempt(step.label, step.body, context);
      case 'note':
        return this.#insert(this.#manager(step.on), `note ${step.label}`);
      case 'sqlError':
        return this.#manager(step.on).query('SELECT 1 / 0');
      case 'doom':
        return this.#manager(step.on).query('INSERT INTO dooms VALUES (1), (1)');
      case 'rollback':
        return this.#manager(step.on).query('ROLLBACK');
      case 'savepoint':
      case 'release':
      case 'rollbackTo':
        return this.#divide(step.on, step.do, step.name);
      case 'bracket':
        await this.#divide(step.on, 'savepoint', step.name);
        await this.#run(step.body, context);
        return this.#divide(step.on, step.end, step.name);
      case 'begin':
        return this.#begin(step, context);
      case 'kill': {
        const runner = this.#held[step.on]?.queryRunner;
        return runner && kill(runner, step.from, this.stage);
      }
      case 'runner':
        return this.#withRunner(step.on, () => this.#run(step.body, context));
      case 'level':
        return this.#level(step, context);
      case 'visit':
        return this.stage.visit(step.on);
      case 'restart':
        return this.stage.restart(step.on, step.how, () => this.#run(step.body, context));
      case 'parallel':
        return this.#parallel(step, context);
      case 'save':
        return this.#save(step);
      case 'send':
        return this.stage.send(this.#parcel(step), step.robust);
      case 'callback':
        return this.#register(step, context);
    }
  }

  async #attempt(label: string, body: readonly Step[], context?: ReceiverContext): Promise<void> {
    try {
      await this.#run(body, context);
      this.log.note(`returned ${label}`);
    } catch (error) {
      this.log.note(`caught ${label}: ${this.log.nameOf(error)}`);
    }
  }

  #manager(on: Source): EntityManager {
    return this.#held[on] ?? this.stage.sources[on].manager;
  }

  #insert(manager: EntityManager, note: string): Promise<unknown> {
    return manager.query('INSERT INTO notes VALUES ($1)', [note]);
  }

  #divide(on: Source, verb: 'savepoint' | 'release' | 'rollbackTo', name: string) {
    const sql = { savepoint: 'SAVEPOINT', release: 'RELEASE', rollbackTo: 'ROLLBACK TO' }[verb];
    return this.#manager(on).query(`${sql} ${name}`);
  }

  /** Only where TypeORM has no transaction: it would end one that it did not begin. */
  async #begin({ on, end, body }: StepOf<'begin'>, context?: ReceiverContext): Promise<void> {
    const runner = this.#held[on]?.queryRunner;
    if (!runner || runner.isTransactionActive) return this.#run(body, context);
    await runner.query('BEGIN');
    try {
      await this.#run(body, context);
    } catch (error) {
      await runner.query('ROLLBACK').catch(() => {});
      throw error;
    }
    await runner.query(end.toUpperCase());
  }

  /** While the only connection is held, everything has to go through who holds it. */
  async #holding(on: Source, manager: EntityManager, work: () => Promise<void>): Promise<void> {
    const before = this.#held[on];
    if (before && before !== manager) this.log.note('another manager was handed out');
    this.#held[on] = manager;
    try {
      await work();
    } finally {
      if (before) this.#held[on] = before;
      else delete this.#held[on];
    }
  }

  async #withRunner(on: Source, work: (runner: QueryRunner) => Promise<void>): Promise<void> {
    const held = this.#held[on];
    if (held) return work(runnerOf(held));
    const runner = this.stage.sources[on].createQueryRunner();
    try {
      await this.#holding(on, runner.manager, () => work(runner));
    } finally {
      await runner.release();
    }
  }

  async #level({ on, how, body }: StepOf<'level'>, context?: ReceiverContext): Promise<void> {
    const work = () => this.#run(body, context);
    if (isByHand(how)) {
      return this.#withRunner(on, (runner) => {
        return byHand(runner, work, runner.isTransactionActive ? 'byHand' : how);
      });
    }
    return this.#enclosed(on, how, (manager) => this.#holding(on, manager, work));
  }

  #enclosed(on: Source, how: How, work: (manager: EntityManager) => Promise<void>): Promise<void> {
    const dataSource = this.stage.sources[on];
    const held = this.#held[on];
    return how === 'atomic' && (!held || held === currentManager(dataSource))
      ? atomic(dataSource, work)
      : (held ?? dataSource).transaction(work);
  }

  /** Those that are still at work when another one has failed go on with the same manager. */
  async #parallel(step: StepOf<'parallel'>, context?: ReceiverContext): Promise<void> {
    const { on, until, body } = step;
    let finished = Promise.resolve();
    try {
      await this.#enclosed(on, 'atomic', async (manager) => {
        let strands: readonly Promise<unknown>[] = [];
        finished = this.#holding(on, manager, async () => {
          strands = this.log.inParallel(step, body, (one) =>
            until === 'all' ? this.#step(one, context) : this.#attempt(one.label, [one], context),
          );
          await Promise.allSettled(strands);
        });
        if (until === 'all') await Promise.all(strands).catch(() => this.#fail(step));
        await finished;
      });
    } finally {
      await finished;
    }
  }

  #fail(step: StepOf<'parallel'>): never {
    this.log.forget(step);
    throw this.log.failure(step.label);
  }

  async #save({ on, label, plans }: StepOf<'save'>): Promise<void> {
    const things = plans.map((plan, index) => {
      const parcel = this.#parcel({ label: `${label}.${index}`, plan, on });
      return Object.assign(new Thing(), { label: `thing ${parcel.label}`, parcel });
    });
    await this.#manager(on).save(things);
  }

  #parcel(content: Pick<Parcel, 'label' | 'plan' | 'on'>): Parcel {
    return { ...content, receive: (...args) => this.#receive(...args) };
  }

  async #receive(name: ReceiverName, parcel: Parcel, context: ReceiverContext): Promise<void> {
    const { label, plan, on } = parcel;
    const receive = async () => {
      await this.#run(plan[name] ?? [], context);
      this.log.note(`< ${label} ${name}`);
    };
    this.#enter(`> ${label} ${name}`, label.replace(/\.\d+$/, ''));
    const manager = this.#managerOf(context, RECEIVERS[name].phase === 'inTransaction');
    if (manager) await this.#insert(manager, `note ${label} ${name}`);
    return on && manager?.queryRunner ? this.#holding(on, manager, receive) : receive();
  }

  /** The one of the context; for later work it needs a connection that may be held by hand. */
  #managerOf(context: ReceiverContext, now: boolean): EntityManager | undefined {
    try {
      const { manager } = context;
      const source = SOURCES.find((one) => this.stage.sources[one] === manager.dataSource);
      const held = source && this.#held[source];
      return now || !held || held.queryRunner?.isReleased ? manager : held;
    } catch (error) {
      if (error instanceof NoManagerError) return undefined;
      throw error;
    }
  }

  async #register(
    { event, via, on, key, label, body }: StepOf<'callback'>,
    context?: ReceiverContext,
  ): Promise<void> {
    let started: Promise<void> | undefined;
    const callback = () => (started = this.#callback(label, body));
    const manager = this.#held[on];
    const named = {
      ...(key && { dedupeKey: key }),
      ...(via === 'manager' && manager && { manager }),
    };
    const registrar = via === 'context' && context ? context : { onCommit, onRollback };
    if (event === 'commit') registrar.onCommit(callback, named);
    else registrar.onRollback(callback, named);
    // Where no transaction is open it runs at once, and whoever cares waits for it.
    await started?.catch(() => {});
    if (started) await setImmediate();
  }

  async #callback(label: string, body: readonly Step[]): Promise<void> {
    this.#enter(`> ${label}`, label);
    await this.#run(body);
    this.log.note(`< ${label}`);
  }

  /** A callback or receiver begins, in the context of the step that registered or sent it. */
  #enter(what: string, step: string): void {
    const context = contexts.getStore();
    this.log.enter(context === step ? what : `${what}, in the context of ${context}`);
  }
}
