import { part } from './part.mjs';

export default part('transactions', {
  mutate: [
    'libs/signals/src/typeorm/transactions/*.ts',
    '!libs/signals/src/typeorm/transactions/{other-copies,query-trace,transaction-statement}.ts',
    'libs/signals/src/typeorm/models/{runner-queue,undone-removals}.ts',
    'libs/signals/src/typeorm/{attached-signals,kept-subscribers}.ts',
  ],
  specs: [
    'typeorm/{atomic,attaching,callback-context}.spec.ts',
    'typeorm/{chained-transactions,commit-interception,connection-loss,driven-by-hand}.spec.ts',
    'typeorm/{dropped-callbacks,errors,followed-transactions,initialized-late,on-commit}.spec.ts',
    'typeorm/{opened-transactions,parallel-levels,parallel-saves,removed-models}.spec.ts',
    'typeorm/{model-receivers,unattached,unfinished-transactions,within-transaction}.spec.ts',
    'typeorm/{callback-channel,channels,traced-places,writes-beside}.spec.ts',
    'testing/{capture-on-commit,settled}.spec.ts',
    'model/found-trees.spec.ts',
  ],
});
