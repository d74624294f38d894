import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DurableOptions } from 'nestjs-signals/core';
import type { TestDatabase } from '../../../../../test/support/database.js';
import { until } from '../until.js';

export interface Order {
  readonly order: string;
}

export interface WorkerSettings {
  readonly url: string;
  /** How wrong its clock is, in milliseconds. */
  readonly skew?: number | undefined;
  /** Makes a sender of it that has no workers, and dies with the commit of this order. */
  readonly lastOrder?: string | undefined;
  readonly options: DurableOptions;
}

export interface Began extends Order {
  readonly attempt: number;
  readonly key: string;
}

/** A process starts slowly where others are busy. */
const STARTING = 150_000;

const FOLDER = join(process.cwd(), 'libs/signals/test/durable/child');

/** A worker in a process of its own, that can be killed. */
export class WorkerChild implements AsyncDisposable {
  readonly began: Began[] = [];
  #isReady = false;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message: Partial<Began> & { readonly ready?: true }) => {
      if (message.ready) this.#isReady = true;
      else this.began.push(message as Began);
    });
  }

  static async start(
    { url }: TestDatabase,
    settings: Omit<WorkerSettings, 'url'>,
  ): Promise<WorkerChild> {
    const worker = new WorkerChild(
      fork(join(FOLDER, 'typescript.mjs'), [join(FOLDER, 'worker.ts')], {
        execArgv: ['--no-warnings'],
        env: { ...process.env, WORKER: JSON.stringify({ url, ...settings }) },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    await until(() => worker.#isReady, 'The worker has started', STARTING);
    return worker;
  }

  /** As by `kill -9`: nothing is said to anybody. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.death();
  }

  async death(): Promise<void> {
    const isDead = this.child.exitCode !== null || this.child.signalCode !== null;
    if (!isDead) await once(this.child, 'exit');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
