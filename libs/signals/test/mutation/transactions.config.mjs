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
    'transaction-watcher',
    'unfinished-transactions',
  ].map((name) => `libs/signals/src/typeorm/${name}.ts`),
  specs: [
    'typeorm/{atomic,atomic-decorator,dropped-callbacks,on-commit,opened-transactions}.spec.ts',
    'typeorm/{callback-channel,channels,traced-places,unattached}.spec.ts',
    'testing/{capture-on-commit,settled}.spec.ts',
    'model/found-trees.spec.ts',
  ],
});
