import { describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Module, Scope, type OnApplicationBootstrap } from '@nestjs/common';
import {
  defineSignal,
  DuplicateReceiverError,
  ReceiverDeclarationError,
  Signals,
  Receiver,
  SignalsModule,
  adminOf,
} from 'nestjs-signals';
import type { SignalsIntegration } from 'nestjs-signals/integration';
import { postSave } from 'nestjs-signals/typeorm';
import { Test } from '@nestjs/testing';
import { Namesake } from '../support/nestjs/receiver.decorator.js';
import { start } from './support.js';

const greeted = defineSignal<{ name: string }>('test.greeted');
const parted = defineSignal<{ name: string }>('test.parted');

@Injectable()
class Guest {
  readonly heard: string[] = [];

  @Receiver(greeted, { dispatchUid: 'guest.hear' })
  hear({ name }: { name: string }): string {
    this.heard.push(name);
    return `heard ${name}`;
  }
}

describe('A method with @Receiver()', () => {
  it('is connected when the application starts, on its own provider, and stays callable', async () => {
    const application = await start({ providers: [Guest] });
    const guest = application.get(Guest);

    const results = await application.get(Signals).send(greeted, { name: 'Ada' });

    expect(guest.heard).toEqual(['Ada']);
    expect(results).toEqual([expect.objectContaining({ status: 'fulfilled', value: 'heard Ada' })]);
    expect(guest.hear({ name: 'direct' })).toBe('heard direct');
    await application.close();
  });

  it('is listed with its owner and the file and line of its declaration', async () => {
    const application = await start({ providers: [Guest] });

    expect(adminOf(application.get(Signals)).list()).toEqual([
      expect.objectContaining({
        signal: 'test.greeted',
        sender: 'any sender',
        dispatchUid: 'guest.hear',
        phase: 'inTransaction',
        owner: 'Guest.hear',
        location: expect.stringMatching(/receiver-discovery\.spec\.ts:\d+$/),
      }),
    ]);
    await application.close();
  });

  it('is listed with its own file also where that is named like one of the library', async () => {
    const application = await start({ providers: [Namesake] });

    expect(adminOf(application.get(Signals)).list()).toEqual([
      expect.objectContaining({
        location: expect.stringMatching(/test\/support\/nestjs\/receiver\.decorator\.ts:\d+$/),
      }),
    ]);
    await application.close();
  });

  it('receives once, however often its class is provided, aliased or imported', async () => {
    @Module({ providers: [Guest, { provide: 'alias', useExisting: Guest }], exports: [Guest] })
    class One {}
    @Module({ imports: [One], providers: [Guest] })
    class Two {}
    const application = await start({ imports: [One, Two, One] });

    const results = await application.get(Signals).send(greeted, { name: 'Ada' });

    expect(results).toHaveLength(1);
    await application.close();
  });

  it('connects nothing twice when the application is initialized twice', async () => {
    const application = await start({ providers: [Guest] });
    await application.init();

    expect(adminOf(application.get(Signals)).list()).toHaveLength(1);
    await application.close();
  });

  it('hears each of several signals', async () => {
    @Injectable()
    class Both {
      @Receiver([greeted, parted])
      note({ name }: { name: string }): string {
        return name;
      }
    }
    const application = await start({ providers: [Both] });
    const signals = application.get(Signals);

    expect(await signals.send(greeted, { name: 'a' })).toHaveLength(1);
    expect(await signals.send(parted, { name: 'b' })).toHaveLength(1);
    expect(
      adminOf(signals)
        .list()
        .map(({ dispatchUid }) => dispatchUid),
    ).toEqual(['Both.note', 'Both.note']);
    await application.close();
  });

  it('works on a controller, and on a class that inherits it', async () => {
    @Controller()
    class Desk extends Guest {}
    const application = await start({ controllers: [Desk] });

    await application.get(Signals).send(greeted, { name: 'Ada' });

    expect(application.get(Desk).heard).toEqual(['Ada']);
    await application.close();
  });

  it('has an instance of its own for each send when its provider lives for a request', async () => {
    const instances = new Set<object>();
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @Receiver(greeted)
      note(): void {
        instances.add(this);
      }
    }
    const application = await start({ providers: [PerRequest] });
    const signals = application.get(Signals);

    await signals.send(greeted, { name: 'a' });
    await signals.send(greeted, { name: 'b' });

    expect(instances.size).toBe(2);
    await application.close();
  });

  it('misses nothing that is sent in onApplicationBootstrap', async () => {
    @Injectable()
    class Early implements OnApplicationBootstrap {
      constructor(private readonly signals: Signals) {}

      async onApplicationBootstrap(): Promise<void> {
        await this.signals.send(greeted, { name: 'early' });
      }
    }
    const application = await start({ providers: [Early, Guest] });

    expect(application.get(Guest).heard).toEqual(['early']);
    await application.close();
  });
});

describe('Two applications in one process', () => {
  it('never hear each other, and a closed one is silent', async () => {
    const one = await start({ providers: [Guest] });
    const two = await start({ providers: [Guest] });

    await one.get(Signals).send(greeted, { name: 'one' });
    await two.close();
    const silent = await two.get(Signals).send(greeted, { name: 'two' });

    expect(one.get(Guest).heard).toEqual(['one']);
    expect(two.get(Guest).heard).toEqual([]);
    expect(silent).toEqual([]);
    await one.close();
  });
});

describe('Closing an application', () => {
  it('waits for receivers that are under way', async () => {
    let finish = () => {};
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const ended: string[] = [];
    const application = await start({});
    application.get(Signals).connect(greeted, async () => {
      await gate;
      ended.push('receiver');
    });

    const sending = application.get(Signals).send(greeted, { name: 'Ada' });
    const closing = application.close().then(() => ended.push('application'));
    finish();
    await Promise.all([sending, closing]);

    expect(ended).toEqual(['receiver', 'application']);
  });
});

describe('An application refuses to start', () => {
  it('when two receivers share a dispatchUid, and names both', async () => {
    @Injectable()
    class Impostor {
      @Receiver(greeted, { dispatchUid: 'guest.hear' })
      other(): void {}
    }

    const starting = start({ providers: [Guest, Impostor] });

    await expect(starting).rejects.toThrow(DuplicateReceiverError);
    await expect(starting).rejects.toThrow(/'guest\.hear' is taken .* by Guest\.hear/);
  });

  it('when a receiver waits for a sender that can never send', async () => {
    const picky: SignalsIntegration = {
      name: 'picky',
      attach: () => ({
        validateSender: (_signal, sender) =>
          sender === 'Ghost' ? 'there are no ghosts' : undefined,
        [Symbol.dispose]: () => {},
      }),
    };
    @Injectable()
    class Hunter {
      @Receiver(greeted, { sender: 'Ghost', dispatchUid: 'hunter.hear' })
      hear(): void {}
    }

    const starting = start({ providers: [Hunter] }, { integrations: [picky] });

    await expect(starting).rejects.toThrow(ReceiverDeclarationError);
    await expect(starting).rejects.toThrow(/'hunter\.hear'.*Ghost.*there are no ghosts/);
  });

  it('when a lifecycle signal is waited for whose integration is missing', async () => {
    @Injectable()
    class Waiting {
      @Receiver(postSave, { dispatchUid: 'waiting' })
      hear(): void {}
    }

    await expect(start({ providers: [Waiting] })).rejects.toThrow(
      /'waiting'.*'model\.postSave', which nobody sends: its integration is missing/,
    );
  });

  it('in strict mode when a method has no dispatchUid', async () => {
    @Injectable()
    class Nameless {
      @Receiver(greeted)
      hear(): void {}
    }

    await expect(start({ providers: [Nameless] }, { strict: true })).rejects.toThrow(
      /no dispatchUid, which strict mode demands \(Nameless\.hear\)/,
    );
  });

  it('in strict mode when a connected function has no dispatchUid', async () => {
    const application = await start({}, { strict: true });

    expect(() => application.get(Signals).connect(greeted, () => {})).toThrow(/strict mode/);
    await application.close();
  });
});

describe('SignalsModule.forRootAsync', () => {
  it('takes its options from a factory with injected providers', async () => {
    @Module({ providers: [{ provide: 'STRICT', useValue: true }], exports: ['STRICT'] })
    class Settings {}
    const application = await Test.createTestingModule({
      imports: [
        SignalsModule.forRootAsync({
          imports: [Settings],
          inject: ['STRICT'],
          useFactory: (strict: boolean) => ({ strict }),
        }),
      ],
    }).compile();

    expect(() => application.get(Signals).connect(greeted, () => {})).toThrow(/strict mode/);
  });
});

describe('SignalsModule.forFeature', () => {
  it('lists the signals of a module although nobody hears them', async () => {
    const application = await start({ imports: [SignalsModule.forFeature([greeted, parted])] });

    expect(adminOf(application.get(Signals)).signals()).toEqual(
      expect.arrayContaining([greeted, parted]),
    );
    await application.close();
  });

  it('refuses two signals of one name', async () => {
    const other = defineSignal('test.greeted');

    const starting = start({
      imports: [SignalsModule.forFeature([greeted]), SignalsModule.forFeature([other])],
    });

    await expect(starting).rejects.toThrow(/Two different signals are named 'test\.greeted'/);
  });
});
