import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { SignalsModule, Transactions } from 'nestjs-signals';
import { standInDataSource } from 'nestjs-signals/testing';
import {
  currentManager,
  NestedAtomicError,
  onCommit,
  transactionsOf,
  typeOrmSignals,
} from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

describe('Transactions', () => {
  const one = useDataSource([LogLine]);
  const texts = async () => (await one.dataSource.manager.find(LogLine)).map(({ text }) => text);
  const write = (text: string) => transactionsOf(one.dataSource).manager.insert(LogLine, { text });

  it('have the manager of the transaction inside run, and that of the data source outside', async () => {
    const transactions = transactionsOf(one.dataSource);
    expect(transactions.manager).toBe(one.dataSource.manager);

    await transactions.run(async (manager) => {
      expect(transactions.manager).toBe(manager);
      expect(manager).toBe(currentManager(one.dataSource));
      expect(manager.queryRunner?.isTransactionActive).toBe(true);
    });

    expect(transactions.manager).toBe(one.dataSource.manager);
  });

  it('commit what returns, and roll back what throws, a nested run alone', async () => {
    const transactions = transactionsOf(one.dataSource);

    await transactions.run(async () => {
      await write('kept');
      const undone = transactions.run(async () => {
        await write('undone');
        throw new Error('inner');
      });
      await expect(undone).rejects.toThrow('inner');
    });

    expect(await texts()).toEqual(['kept']);
  });

  it('commit by themselves with requiresNew, whatever becomes of the transaction around them', async () => {
    const transactions = transactionsOf(one.dataSource);
    const outer = transactions.run(async (manager) => {
      onCommit(one.note('outer'));
      await transactions.run(
        async (own) => {
          expect(own).not.toBe(manager);
          onCommit(one.note('own'));
          await write('own');
        },
        { propagation: 'requiresNew', durable: true, isolation: 'SERIALIZABLE' },
      );
      expect(one.ran).toEqual(['own']);
      expect(transactions.manager).toBe(manager);
      const undone = transactions.run(
        async () => {
          await write('undone');
          throw new Error('own');
        },
        { propagation: 'requiresNew' },
      );
      await expect(undone).rejects.toThrow('own');
      await write('outer');
      throw new Error('outer');
    });

    await expect(outer).rejects.toThrow('outer');
    expect(await texts()).toEqual(['own']);
    expect(one.ran).toEqual(['own']);
  });

  it('refuse inside a transaction what only the outermost level can have', async () => {
    const transactions = transactionsOf(one.dataSource);
    const inside = (options: Parameters<Transactions['run']>[1]) =>
      transactions.run(() => transactions.run(async () => {}, options));

    await expect(inside({ durable: true })).rejects.toThrow(NestedAtomicError);
    await expect(inside({ isolation: 'SERIALIZABLE' })).rejects.toThrow(NestedAtomicError);
  });

  it('are injected wherever the module is, and know several data sources by their names', async () => {
    const [main, audit] = [standInDataSource(), standInDataSource()];
    const module = await Test.createTestingModule({
      imports: [
        SignalsModule.forRootAsync({
          useFactory: () => ({ integrations: [typeOrmSignals({ dataSources: { main, audit } })] }),
        }),
      ],
    }).compile();
    const transactions = module.get(Transactions);
    // Asked for before anything is attached, as in a constructor.
    const ofAudit = transactions.of('audit');
    await expect(ofAudit.run(async () => {})).rejects.toThrow(/has not been initialized/);
    await module.init();

    expect(ofAudit.manager).toBe(audit.manager);
    await ofAudit.run(async (manager) => {
      expect(ofAudit.manager).toBe(manager);
      expect(transactions.of('main').manager).toBe(main.manager);
    });
    expect(() => transactions.manager).toThrow(
      /several are attached: 'main', 'audit'\. Name one: transactions\.of\('main'\)/,
    );
    expect(() => transactions.of('log').manager).toThrow(/'log', which is not attached/);

    await module.close();
    expect(() => ofAudit.manager).toThrow(/none is attached/);
  });
});
