import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type Type } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { DataSource } from 'typeorm';
import { SignalsModule, Transactional, Transactions } from 'nestjs-signals';
import { UnknownDataSourceError } from 'nestjs-signals/integration';
import { TransactionalError } from 'nestjs-signals/nestjs';
import { standInDataSource } from 'nestjs-signals/testing';
import {
  currentManager,
  NestedAtomicError,
  transactionsOf,
  typeOrmSignals,
} from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

@Injectable()
class Ledger {
  constructor(private readonly any: Transactions) {}

  @Transactional()
  async write(text: string, fail = false): Promise<string> {
    await this.any.manager.insert(LogLine, { text });
    if (fail) throw new Error('torn page');
    return `wrote ${text}`;
  }

  @Transactional({ durable: true })
  async close(): Promise<void> {
    await this.write('closed');
  }
}

/** Holds nothing at all. */
@Injectable()
class Bare {
  @Transactional()
  async isIn(...dataSources: readonly DataSource[]): Promise<readonly boolean[]> {
    return dataSources.map((each) => currentManager(each) !== each.manager);
  }

  @Transactional({ dataSource: 'audit' })
  async isInAudit(...dataSources: readonly DataSource[]): Promise<readonly boolean[]> {
    return this.isInSame(...dataSources);
  }

  async isInSame(...dataSources: readonly DataSource[]): Promise<readonly boolean[]> {
    return dataSources.map((each) => currentManager(each) !== each.manager);
  }
}

@Injectable()
class Derived extends Bare {
  @Transactional({ dataSource: 'audit' })
  override async isInSame(...dataSources: readonly DataSource[]): Promise<readonly boolean[]> {
    return super.isInSame(...dataSources);
  }
}

async function application(
  dataSources: Readonly<Record<string, DataSource>>,
  ...providers: readonly Type[]
): Promise<TestingModule & AsyncDisposable> {
  @Module({ providers: [...providers], exports: [...providers] })
  class Feature {}
  const integrations = Object.keys(dataSources).length > 0 ? [typeOrmSignals({ dataSources })] : [];
  const module = await Test.createTestingModule({
    imports: [SignalsModule.forRoot({ integrations }), Feature],
  }).compile();
  await module.init();
  return Object.assign(module, { [Symbol.asyncDispose]: () => module.close() });
}

describe('A method that is @Transactional()', () => {
  const one = useDataSource([LogLine]);
  const texts = async () => (await one.dataSource.manager.find(LogLine)).map(({ text }) => text);

  it('works in a transaction of its application, with its object, arguments and result', async () => {
    const ledger = new Ledger(transactionsOf(one.dataSource));

    expect(await ledger.write('1')).toBe('wrote 1');
    await expect(ledger.write('2', true)).rejects.toThrow('torn page');

    expect(await texts()).toEqual(['1']);
  });

  it('keeps its name, and the options that it was given', async () => {
    const ledger = new Ledger(transactionsOf(one.dataSource));

    expect(ledger.write.name).toBe('write');
    await ledger.close();
    expect(await texts()).toEqual(['closed']);
    await expect(transactionsOf(one.dataSource).run(() => ledger.close())).rejects.toThrow(
      NestedAtomicError,
    );
  });

  it('needs no property of its class, also where a subclass inherits it', async () => {
    const [main, audit] = [standInDataSource(), standInDataSource()];
    await using single = await application({ default: main }, Bare);
    expect(await single.get(Bare).isIn(main)).toEqual([true]);

    await using several = await application({ main, audit }, Derived);
    expect(await several.get(Derived).isInAudit(main, audit)).toEqual([false, true]);
    expect(await several.get(Derived).isInSame(main, audit)).toEqual([false, true]);
    await expect(several.get(Derived).isIn(main)).rejects.toThrow(
      /^@Transactional\(\) Bare\.isIn needs to know which data source is meant.*'main', 'audit'/,
    );
  });

  it('works in the transactions of its own application, where another one runs too', async () => {
    const [here, there] = [standInDataSource(), standInDataSource()];
    await using first = await application({ default: here }, Bare);
    await using other = await application({ default: there }, Bare);

    expect(await first.get(Bare).isIn(here, there)).toEqual([true, false]);
    expect(await other.get(Bare).isIn(here, there)).toEqual([false, true]);
    await expect(new Bare().isIn(here)).rejects.toThrow(TransactionalError);
    await expect(new Bare().isIn(here)).rejects.toThrow(/Bare\.isIn was called on.*2 applications/);
  });

  it('works on an object that Nest has not made, while one application runs', async () => {
    const dataSource = standInDataSource();
    await expect(new Bare().isIn(dataSource)).rejects.toThrow(
      /^@Transactional\(\) Bare\.isIn was called where no application with a data source runs/,
    );

    await using _running = await application({ default: dataSource });
    expect(await new Bare().isIn(dataSource)).toEqual([true]);
  });

  it('says what is missing where its application has no such data source', async () => {
    await using none = await application({}, Bare);
    await using main = await application({ main: standInDataSource() }, Bare);

    for (const [module, message] of [
      [none, 'none is attached: typeOrmSignals() is missing'],
      [main, "asks for the data source 'audit', which is not attached: 'main'"],
    ] as const) {
      const working = module.get(Bare).isInAudit();
      await expect(working).rejects.toThrow(UnknownDataSourceError);
      await expect(working).rejects.toThrow(message);
    }
  });

  it('leaves nothing on its object that is seen by who compares or prints it', async () => {
    await using running = await application({ default: standInDataSource() }, Bare);

    expect(Reflect.ownKeys({ ...running.get(Bare) })).toEqual([]);
    expect(running.get(Bare)).toEqual(new Bare());
  });
});
