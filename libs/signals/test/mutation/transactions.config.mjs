import { part } from './part.mjs';

export default part('transactions', {
  mutate: [
    'ambient-transaction',
    'atomic',
    'atomic.decorator',
    'attached-signals',
    'attachment',
    'commit-interception',
    'instrumented-managers',
    'on-commit',
    'runner-transaction',
    'savepoint',
    'transaction-aborted.error',
    'transaction-statement',
    'transaction-watcher',
    'unfinished-transactions',
  ].map((name) => `libs/signals/src/typeorm/${name}.ts`),
  specs: [
    'core/transaction-statement.spec.ts',
    'typeorm/{atomic,dropped-callbacks,on-commit,opened-transactions,channels}.spec.ts',
    'typeorm/{callback-channel,traced-places}.spec.ts',
    'testing/{capture-on-commit,settled}.spec.ts',
    'model/found-trees.spec.ts',
  ],
});
