import { part } from './part.mjs';

export default part('transactions', {
  mutate: [
    'ambient-transaction',
    'atomic',
    'atomic.decorator',
    'attached-signals',
    'attachment',
    'commit-interception',
    'connection-loss',
    'instrumented-managers',
    'on-commit',
    'runner-transaction',
    'savepoint',
    'transaction-aborted.error',
    'transaction-watcher',
    'unfinished-transactions',
  ].map((name) => `libs/signals/src/typeorm/${name}.ts`),
  specs: [
    'typeorm/{atomic,atomic-decorator,attaching,chained-transactions,commit-interception}.spec.ts',
    'typeorm/{connection-loss,dropped-callbacks,errors,followed-transactions,on-commit}.spec.ts',
    'typeorm/{opened-transactions,unattached,unfinished-transactions}.spec.ts',
    'typeorm/{callback-channel,channels,traced-places}.spec.ts',
    'testing/{capture-on-commit,settled}.spec.ts',
    'model/found-trees.spec.ts',
  ],
});
