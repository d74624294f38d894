import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import {
  Atomic,
  currentManager,
  NestedAtomicError,
  NoDataSourceError,
} from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

class Ledger {
  constructor(
    readonly dataSource: DataSource,
    private readonly prefix = 'entry',
  ) {}

  @Atomic()
  async write(text: string, fail = false): Promise<string> {
    await currentManager(this.dataSource).insert(LogLine, { text: `${this.prefix} ${text}` });
    if (fail) throw new Error('torn page');
    return `wrote ${text}`;
  }

  @Atomic({ durable: true })
  async close(): Promise<void> {
    await this.write('closed');
  }
}

describe('A method that is @Atomic()', () => {
  const one = useDataSource([LogLine]);
  const texts = async () => (await one.dataSource.manager.find(LogLine)).map(({ text }) => text);

  it('works in a transaction of its own data source, with its object, arguments and result', async () => {
    const ledger = new Ledger(one.dataSource, 'page');

    expect(await ledger.write('1')).toBe('wrote 1');
    await expect(ledger.write('2', true)).rejects.toThrow('torn page');

    expect(await texts()).toEqual(['page 1']);
  });

  it('keeps its name, and the options that it was given', async () => {
    const ledger = new Ledger(one.dataSource);

    expect(ledger.write.name).toBe('write');
    await ledger.close();
    expect(await texts()).toEqual(['entry closed']);

    class Audit extends Ledger {
      @Atomic()
      override async write(): Promise<string> {
        await this.close();
        return 'never';
      }
    }
    await expect(new Audit(one.dataSource).write()).rejects.toThrow(NestedAtomicError);
  });

  it.each<[string, unknown]>([
    ['without a data source', undefined],
    ['with something else in its place', { manager: {} }],
  ])('is refused on an object %s, and says what it needs', async (_, dataSource) => {
    const ledger = new Ledger(dataSource as DataSource);
    const writing = async () => ledger.write('lost');

    await expect(writing()).rejects.toThrow(NoDataSourceError);
    await expect(writing()).rejects.toMatchObject({
      name: 'NoDataSourceError',
      message: expect.stringMatching(
        /^@Atomic\(\) Ledger\.write needs a property 'dataSource' of the class that holds a.*standInDataSource\(\)/,
      ),
    });
  });
});
