import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  forwardRef,
  Inject,
  Injectable,
  Module,
  Scope,
  type ModuleMetadata,
  type Provider,
} from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { defineSignal, ReceiverDeclarationError, Signals, Receiver } from 'nestjs-signals';
import { start } from './support.js';

const paid = defineSignal<{ readonly order: string }>('test.scopedPaid');

let instances: object[] = [];

@Injectable()
class Mailer {
  readonly sent: string[] = [];
}

@Injectable({ scope: Scope.REQUEST })
class Tenant {
  readonly name = 'acme';
}

@Injectable({ scope: Scope.TRANSIENT })
class Lines {
  readonly written: string[] = [];
}

/** Depends on what lives for a request, two steps away. */
@Injectable()
class Tariff {
  @Inject(Tenant) private readonly tenant!: Tenant;
  get payer(): string {
    return this.tenant.name;
  }
}

/** Everything that a constructor does, seen from a receiver. */
abstract class Recording {
  readonly field = 'set';

  constructor(@Inject(Mailer) protected readonly mailer: Mailer) {}

  @Receiver(paid, { dispatchUid: 'scopes.issue' })
  issue({ order }: { readonly order: string }): void {
    instances.push(this);
    this.mailer.sent.push(`${order} ${this.field} ${this.facts}`);
  }

  get facts(): string {
    return '';
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class Transient extends Recording {}

@Injectable({ scope: Scope.TRANSIENT })
class TransientOnTransient extends Recording {
  @Inject(Lines) readonly lines!: Lines;
  override get facts(): string {
    return `${this.lines.written.push('a line')} line`;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientOnRequest extends Recording {
  @Inject(Tariff) readonly tariff!: Tariff;
  override get facts(): string {
    return this.tariff.payer;
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest extends Recording {
  @Inject(REQUEST) readonly request: unknown;
  override get facts(): string {
    return `request ${typeof this.request}`;
  }
}

@Injectable({ scope: Scope.REQUEST, durable: true })
class Durable extends Recording {}

@Injectable()
class Deep extends Recording {
  @Inject(Tariff) readonly tariff!: Tariff;
  override get facts(): string {
    return this.tariff.payer;
  }
}

@Injectable()
class ByForwardReference extends Recording {
  @Inject(forwardRef(() => Tenant)) readonly tenant!: Tenant;
  override get facts(): string {
    return this.tenant.name;
  }
}

@Controller({ scope: Scope.REQUEST })
class Desk extends Recording {}

@Injectable()
class Holder {
  constructor(@Inject(Transient) readonly transient: Transient) {}
}

class Made extends Recording {
  override get facts(): string {
    return 'made';
  }
}
const made = (scope: Scope): Provider => ({
  provide: Made,
  inject: [Mailer],
  useFactory: (mailer: Mailer) => new Made(mailer),
  scope,
});

const others = [Mailer, Tenant, Tariff, Lines];
const token = Symbol('issuer');

describe('A receiver that is no singleton', () => {
  it.each<[string, ModuleMetadata, string]>([
    ['is TRANSIENT', { providers: [Transient] }, ''],
    ['is TRANSIENT and held by a singleton', { providers: [Transient, Holder] }, ''],
    ['is TRANSIENT and so is what it needs', { providers: [TransientOnTransient] }, '1 line'],
    [
      'is TRANSIENT and needs what lives for a request',
      { providers: [TransientOnRequest] },
      'acme',
    ],
    ['lives for a request', { providers: [PerRequest] }, 'request undefined'],
    ['is durable', { providers: [Durable] }, ''],
    ['lives for a request by what it needs, deep down', { providers: [Deep] }, 'acme'],
    [
      'needs what lives for a request by a forward reference',
      { providers: [ByForwardReference] },
      'acme',
    ],
    ['is a controller', { controllers: [Desk] }, ''],
    ['has another token', { providers: [{ provide: token, useClass: Transient }] }, ''],
    ['is made by a factory', { providers: [made(Scope.REQUEST)] }, 'made'],
    ['is made by a factory and TRANSIENT', { providers: [made(Scope.TRANSIENT)] }, 'made'],
  ])('is constructed for each send: it %s', async (_, metadata, facts) => {
    instances = [];
    const application = await start({
      ...metadata,
      providers: [...others, ...(metadata.providers ?? [])],
    });
    const signals = application.get(Signals);

    await signals.send(paid, { order: 'o-1' });
    await Promise.all([signals.send(paid, { order: 'o-2' }), signals.send(paid, { order: 'o-3' })]);

    expect(application.get(Mailer).sent.toSorted()).toEqual(
      ['o-1', 'o-2', 'o-3'].map((order) => `${order} set ${facts}`),
    );
    expect(new Set(instances).size).toBe(3);
    await application.close();
  });

  it('is that of its own module, where another one provides something else under its token', async () => {
    const heard: string[] = [];
    const receiving = (name: string) => {
      @Injectable({ scope: Scope.REQUEST })
      class Issuer {
        @Receiver(paid, { dispatchUid: `scopes.${name}` })
        issue(): void {
          heard.push(name);
        }
      }
      @Module({ providers: [{ provide: token, useClass: Issuer }] })
      class Issuing {}
      return Issuing;
    };
    const application = await start({ imports: [receiving('one'), receiving('two')] });

    await application.get(Signals).send(paid, { order: 'o-1' });

    expect(heard).toEqual(['one', 'two']);
    await application.close();
  });

  it('fails its send, as receivers do, when it cannot be constructed', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Broken {
      constructor() {
        throw new Error('no printer');
      }
      @Receiver(paid, { dispatchUid: 'scopes.broken' })
      issue(): void {}
    }
    const application = await start({ providers: [Broken] });

    await expect(application.get(Signals).send(paid, { order: 'o-1' })).rejects.toThrow(
      'no printer',
    );
    await application.close();
  });
});

describe('@Receiver() on what cannot receive', () => {
  // Types refuse these, so they are decorated as JavaScript is.
  const receiver = Receiver(paid) as unknown as (...decorated: readonly unknown[]) => void;
  class Orders {
    static settle(): void {}
    get open(): number {
      return 0;
    }
    *each(): Generator {}
  }
  const { prototype } = Orders;
  const inClass = (owner: object, name: string) => [
    owner,
    name,
    Object.getOwnPropertyDescriptor(owner, name),
  ];

  it.each<[string, readonly unknown[], string]>([
    ['a static method', inClass(Orders, 'settle'), 'of a provider: Orders.settle is static'],
    ['an accessor', inClass(prototype, 'open'), 'of a provider: Orders.open is an accessor'],
    ['a generator', inClass(prototype, 'each'), 'Orders.each is a generator, which runs when it'],
    ['a class', [Orders], 'of a provider: Orders is a class'],
  ])('is refused while the class is defined: %s', (_, decorated, message) => {
    expect(() => receiver(...decorated)).toThrow(ReceiverDeclarationError);
    expect(() => receiver(...decorated)).toThrow(message);
  });
});
