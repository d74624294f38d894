import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Signals, SignalsClosedError } from 'nestjs-signals/core';
import { atomic, postSave, typeOrmSignals } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';
import { start } from './support.js';

describe('Closing an application with a transaction open', () => {
  const one = useDataSource([LogLine]);

  const startApplication = (shutdownDeadline: number) =>
    start(
      { providers: [{ provide: DataSource, useValue: one.dataSource }] },
      { integrations: [typeOrmSignals()], shutdownDeadline },
    );
  const save = () => one.dataSource.manager.save(Object.assign(new LogLine(), { text: 'a' }));

  it('waits for its end, and its receivers hear it', async () => {
    const application = await startApplication(10_000);
    application.get(Signals).connect(postSave, () => void one.ran.push('heard'), {
      dispatchUid: 'listening',
    });
    const gate = openedLater();
    const saving = atomic(one.dataSource, async (manager) => {
      await gate.passed;
      await manager.save(Object.assign(new LogLine(), { text: 'a' }));
    });

    const closing = application.close();
    gate.open();
    await Promise.all([saving, closing]);

    expect(one.ran).toEqual(['heard']);
  });

  it('that outlives the deadline makes it fail instead of leaving its receivers out', async () => {
    const application = await startApplication(20);
    application.get(Signals).connect(postSave, () => {}, { dispatchUid: 'left out' });

    const gate = openedLater();
    const outliving = atomic(one.dataSource, async (manager) => {
      await gate.passed;
      await manager.save(Object.assign(new LogLine(), { text: 'a' }));
    });

    await application.close();
    gate.open();

    await expect(outliving).rejects.toThrow(SignalsClosedError);
    expect(await one.dataSource.manager.count(LogLine)).toBe(0);
  });

  it('leaves the data source to others when everything ended in time', async () => {
    const application = await startApplication(1_000);
    application.get(Signals).connect(postSave, () => void one.ran.push('heard'), {
      dispatchUid: 'gone',
    });

    await application.close();
    await save();

    expect(one.ran).toEqual([]);
    expect(await one.dataSource.manager.count(LogLine)).toBe(1);
  });
});

function openedLater(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}
