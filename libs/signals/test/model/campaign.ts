import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { Mismatch } from './mismatch.js';
import { RunLog } from './run-log.js';
import { ALL_QUIET, Stage, type Remains } from './stage.js';
import type { Step } from './step.js';
import { TransactionsModel } from './transactions-model.js';
import { TreeRun } from './tree-run.js';
import { trees } from './tree.js';

export interface Campaign {
  readonly trees: number;
  readonly seed: number;
  /** Leads to one failure of the seed, to see it again. */
  readonly path: string | undefined;
}

export interface Report {
  /** How many trees ran: all, or those up to the first that failed. */
  readonly ran: number;
  /** Trees after which TypeORM would have handed an open transaction back to the pool. */
  readonly skipped: number;
  readonly failure: { readonly text: string; readonly path: string } | undefined;
}

/** Runs trees on a stage of its own until one fails, which it shrinks. */
export async function runCampaign({ trees: numRuns, seed, path }: Campaign): Promise<Report> {
  const stage = await buildStage();
  try {
    const property = fc.asyncProperty(trees, async (tree) => {
      const expected = TransactionsModel.predict(tree);
      fc.pre(!expected.leaks);
      await compare(stage, tree, expected);
    });
    const details = await fc.check(property, { numRuns, seed, ...(path && { path }) });
    const { errorInstance: error, counterexamplePath } = details;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      ran: details.numRuns,
      skipped: details.numSkips,
      failure: details.failed ? { text, path: counterexamplePath ?? '' } : undefined,
    };
  } finally {
    await stage.close();
  }
}

export function buildStage(): Promise<Stage> {
  return Stage.build((error, stage) => {
    // What has no transaction is told to all applications of the process, other campaigns' too.
    if (RunLog.current?.stage === stage) RunLog.current.reported(error);
  });
}

/** @throws Mismatch when the library does something else than the model says. */
export async function compare(
  stage: Stage,
  tree: readonly Step[],
  { trace, rows } = TransactionsModel.predict(tree),
): Promise<void> {
  const expected = linesOf({ trace, rows, state: ALL_QUIET });
  const actual = linesOf(await outcomeOf(stage, tree));
  if (JSON.stringify(expected) === JSON.stringify(actual)) return;
  await stage.renew();
  throw new Mismatch(tree, expected, actual);
}

type Outcome = Remains & { readonly trace: readonly string[] };

async function outcomeOf(stage: Stage, tree: readonly Step[]): Promise<Outcome> {
  const log = new RunLog(stage);
  const run = new TreeRun(stage, log).run(tree);
  const nothing = { rows: { a: [], b: [] }, trace: log.trace };
  if (await hangs(run, 5 * stage.patience)) return { ...nothing, state: 'the tree hangs' };
  try {
    return { ...(await stage.clear()), trace: log.trace };
  } catch (error) {
    return { ...nothing, state: `nothing can be asked any more: ${String(error)}` };
  }
}

async function hangs(run: Promise<void>, patience: number): Promise<boolean> {
  const timer = new AbortController();
  const tooLong = setTimeout(patience, true, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([tooLong, run.then(() => false)]);
  } finally {
    timer.abort();
  }
}

function linesOf({ trace, rows, state }: Outcome): string[] {
  const survivors = Object.entries(rows).flatMap(([source, labels]) =>
    labels.map((label) => `${source} has ${label}`),
  );
  return [...trace, ...survivors, state];
}
