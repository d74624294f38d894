import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { TransactionEndedError } from 'nestjs-signals/core';
import { atomic, onCommit, onRollback } from 'nestjs-signals/typeorm';
import { closedGate } from '../core/support.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';

describe('A data source to which no signals are attached', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let ran: string[];
  const note = (text: string) => () => void ran.push(text);

  beforeAll(async () => {
    database = await createDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(() => {
    ran = [];
  });

  it('has callbacks that wait for the commit all the same', async () => {
    await atomic(dataSource, async () => {
      onCommit(note('committed'));
      onRollback(note('undone'));
      ran.push('work');
    });

    expect(ran).toEqual(['work', 'committed']);
  });

  it('runs at once what asks for a commit outside a transaction, and prints its failure', async () => {
    const print = jest.spyOn(console, 'error').mockImplementation(() => {});
    const failure = new Error('no mail');

    onCommit(note('at once'));
    expect(ran).toEqual(['at once']);
    onCommit(() => Promise.reject(failure));
    onRollback(note('never'));
    await new Promise(setImmediate);

    const printed = [...print.mock.calls];
    print.mockRestore();
    expect(printed).toEqual([['[signals] An onCommit callback failed', failure]]);
    expect(ran).toEqual(['at once']);
  });

  it('follows the policy that is given outside a transaction', () => {
    expect(() => onCommit(note('no'), { outsideTransaction: 'throw' })).toThrow(
      'An onCommit callback asked to run after a commit, but no transaction is open here.',
    );
    expect(ran).toEqual([]);
  });

  it('takes nothing but a function, in a transaction and outside one', async () => {
    expect(() => onCommit('text' as never)).toThrow(new TypeError('onCommit takes a function.'));
    await expect(atomic(dataSource, async () => onCommit('text' as never))).rejects.toThrow(
      TypeError,
    );
  });

  it('refuses whoever goes on in the context of a transaction that has ended', async () => {
    const gate = closedGate();
    let late: Promise<void> = Promise.resolve();
    await atomic(dataSource, async () => {
      late = gate.opened.then(() => onCommit(note('lost')));
      late.catch(() => {});
    });

    gate.open();
    await expect(late).rejects.toThrow(TransactionEndedError);
    await expect(late).rejects.toThrow(/^The calling context belongs to a transaction that has/);
    expect(ran).toEqual([]);
  });
});
