import { beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Injectable, Module, type ModuleMetadata, type OnModuleInit } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import {
  AlreadyAttachedError,
  defineSignal,
  Signals,
  SignalsNotConnectedError,
  Receiver,
  SeveralSignalsModulesError,
  SignalsModule,
} from 'nestjs-signals';
import { durableSignals } from 'nestjs-signals/durable';
import { atomic, postSave, typeOrmSignals } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';

const greeted = defineSignal<{ readonly name: string }>('starting.greeted');
const unheard = defineSignal<object>('starting.unheard');

describe('While an application starts', () => {
  const one = useDataSource([LogLine]);
  let heard: string[];

  @Injectable()
  class Guest {
    @Receiver(greeted, { dispatchUid: 'guest.hear' })
    hear({ name }: { name: string }): void {
      heard.push(`greeted ${name}`);
    }

    @Receiver(postSave, { sender: LogLine, dispatchUid: 'guest.saved' })
    saved(): void {
      heard.push('saved');
    }

    @Receiver(greeted, { dispatchUid: 'guest.later', phase: 'afterCommit' })
    later(): void {
      heard.push('later');
    }
  }

  /** Saves and sends in one transaction. */
  const act = (signals: Signals) =>
    atomic(one.dataSource, async (manager) => {
      await manager.save(LogLine, { text: 'line' });
      await signals.send(greeted, { name: 'Ada' });
    });
  const everything = ['saved', 'greeted Ada', 'later'];

  @Injectable()
  class Early implements OnModuleInit {
    constructor(private readonly signals: Signals) {}

    onModuleInit(): Promise<void> {
      return act(this.signals);
    }
  }

  @Global()
  @Module({ providers: [Early] })
  class EarlyGlobalModule {}

  @Module({ providers: [Early] })
  class EarlyModule {}

  const compile = (imports: NonNullable<ModuleMetadata['imports']>, providers: object[] = []) =>
    Test.createTestingModule({
      imports,
      providers: [
        Guest,
        { provide: DataSource, useValue: one.dataSource },
        ...(providers as NonNullable<ModuleMetadata['providers']>),
      ],
    }).compile();
  const signalsModule = () => SignalsModule.forRoot({ integrations: [typeOrmSignals()] });

  beforeEach(() => {
    heard = [];
  });

  it.each<[string, () => NonNullable<ModuleMetadata['imports']>]>([
    ['a module', () => [signalsModule(), EarlyModule]],
    ['a global module', () => [signalsModule(), EarlyGlobalModule]],
    ['a global module that is imported before', () => [EarlyGlobalModule, signalsModule()]],
  ])('what onModuleInit of %s saves and sends is heard', async (_, imports) => {
    const application = await compile(imports());
    await application.init();

    expect(heard).toEqual(everything);
    await application.close();
  });

  it.each([greeted, unheard])(
    'a send of the factory of a provider is refused: %p',
    async (signal) => {
      const early = {
        provide: 'EARLY',
        inject: [Signals],
        useFactory: (signals: Signals) =>
          atomic(one.dataSource, async (manager) => {
            await manager.insert(LogLine, { text: 'undone' });
            await signals.sendRobust(signal, { name: 'Ada' });
          }),
      };

      const starting = compile([signalsModule()], [early]);

      await expect(starting).rejects.toThrow(SignalsNotConnectedError);
      await expect(starting).rejects.toThrow(/before the application had connected its receivers/);
      expect(await one.dataSource.manager.count(LogLine)).toBe(0);
      expect(heard).toEqual([]);
    },
  );

  it('a send is refused until init(), and heard from then on', async () => {
    const application = await compile([signalsModule()]);
    const signals = application.get(Signals);

    await expect(act(signals)).rejects.toThrow(SignalsNotConnectedError);
    await application.init();
    await act(signals);

    expect(heard).toEqual(everything);
    await application.close();
  });

  it('a second SignalsModule is refused, by the names of who imports them', async () => {
    @Module({ imports: [SignalsModule.forRoot()] })
    class BillingModule {}
    @Module({ imports: [signalsModule()] })
    class PlatformModule {}

    const starting = compile([PlatformModule, BillingModule]);

    await expect(starting).rejects.toThrow(SeveralSignalsModulesError);
    await expect(starting).rejects.toThrow(
      /^SignalsModule\.forRoot\(\) is imported 2 times \(PlatformModule, BillingModule\), and/,
    );
  });

  it('one SignalsModule that several modules import is one', async () => {
    const shared = signalsModule();
    @Module({ imports: [shared] })
    class BillingModule {}
    const application = await compile([shared, BillingModule, EarlyModule]);
    await application.init();

    expect(heard).toEqual(everything);
    await application.close();
  });

  it('a second integration that would keep deliveries is refused', async () => {
    const integrations = [typeOrmSignals(), durableSignals(), durableSignals({ schema: 'other' })];
    const application = await compile([SignalsModule.forRoot({ integrations })]);

    const starting = application.init();

    await expect(starting).rejects.toThrow(AlreadyAttachedError);
    await expect(starting).rejects.toThrow(/^2 integrations would keep the deliveries/);
  });
});
