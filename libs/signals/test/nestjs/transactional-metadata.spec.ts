import { describe, expect, it } from '@jest/globals';
import {
  applyDecorators,
  ForbiddenException,
  Header,
  HttpCode,
  Post,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  Version,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { OnEvent } from '@nestjs/event-emitter';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { Throttle } from '@nestjs/throttler';
import * as fc from 'fast-check';
import { Transactional } from 'nestjs-signals';
import { TransactionalError } from 'nestjs-signals/nestjs';

class Thing {
  canActivate(): boolean {
    throw new ForbiddenException();
  }
  intercept(): never {
    throw new ForbiddenException();
  }
  transform(): void {}
  catch(): void {}
}

const Roles = Reflector.createDecorator<readonly string[]>();

/** The way of `@Cron()`, and of most libraries for Nest. */
const Cron = (expression: string) => SetMetadata('SCHEDULE_CRON_OPTIONS', { expression });

/** A library that keeps what it knows of a method on the method itself. */
const Own =
  (key: string | symbol, value: unknown): MethodDecorator =>
  (_prototype, _method, descriptor) => {
    Object.defineProperty(descriptor.value, key, { value, configurable: true });
  };

const decorators: Readonly<Record<string, MethodDecorator>> = {
  route: Post('orders/:id'),
  version: Version('2'),
  code: HttpCode(202),
  header: Header('x-kept', 'yes'),
  guard: UseGuards(Thing),
  secondGuard: UseGuards(new Thing()),
  interceptor: UseInterceptors(Thing),
  pipe: UsePipes(Thing),
  filter: UseFilters(Thing),
  event: OnEvent('order.paid'),
  secondEvent: OnEvent('order.shipped', { async: true }),
  cron: Cron('* * * * *'),
  throttle: Throttle({ default: { limit: 1, ttl: 1_000 } }),
  operation: ApiOperation({ summary: 'Pays an order' }),
  response: ApiResponse({ status: 402 }),
  roles: Roles(['admin']),
  own: Own('own', 'kept'),
  symbol: Own(Symbol.for('own'), 'kept'),
};

/** A class whose method carries these decorators, of which the first stands uppermost. */
function methodWith(stack: readonly MethodDecorator[]): object {
  class Orders {
    async pay(this: void, _id: string, _amount: number): Promise<void> {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, 'pay');
  const decorated = Reflect.decorate([...stack], Orders.prototype, 'pay', descriptor);
  Object.defineProperty(Orders.prototype, 'pay', decorated);
  return Orders.prototype.pay;
}

function carriedBy(method: object): Readonly<Record<string, unknown>> {
  const keys = Reflect.getOwnMetadataKeys(method) as readonly string[];
  return {
    metadata: new Map(keys.toSorted().map((key) => [key, Reflect.getOwnMetadata(key, method)])),
    properties: Object.getOwnPropertyDescriptors(method),
  };
}

describe('What a method carries that is @Transactional()', () => {
  const names = Object.keys(decorators);

  it('is what it carries without, in every order of decorators', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: 1 }),
        fc.nat(names.length),
        (chosen, place) => {
          const stack = chosen.map((name) => decorators[name] as MethodDecorator);
          expect(
            carriedBy(methodWith(stack.toSpliced(place, 0, Transactional() as MethodDecorator))),
          ).toEqual(carriedBy(methodWith(stack)));
        },
      ),
    );
  });

  it('is complete, too, where one decorator applies several', () => {
    const several = applyDecorators(
      Roles(['admin']),
      Transactional() as MethodDecorator,
      OnEvent('order.paid'),
    );
    const one = applyDecorators(Roles(['admin']), OnEvent('order.paid'));
    expect(carriedBy(methodWith([several]))).toEqual(carriedBy(methodWith([one])));
  });

  it('is its name and its parameters, also of a method that a symbol names', () => {
    const symbol = Symbol('settle');
    class Orders {
      @Transactional() async pay(this: void, _id: string, _amount: number): Promise<void> {}
      @Transactional() async [symbol](this: void, _id: string): Promise<void> {}
    }
    const { pay, [symbol]: settle } = Orders.prototype;

    expect([pay.name, pay.length]).toEqual(['pay', 2]);
    expect([settle.name, settle.length]).toEqual(['[settle]', 1]);
    expect(pay.constructor.name).toBe('AsyncFunction');
  });

  it('stays with the method of its class, when a subclass overrides it', () => {
    class Orders {
      @Roles(['admin'])
      @Transactional()
      async pay(this: void): Promise<void> {}
    }
    class Refunds extends Orders {
      @Transactional()
      @Roles(['owner'])
      override async pay(this: void): Promise<void> {}
    }
    class Loans extends Orders {
      @Transactional()
      override async pay(this: void): Promise<void> {}
    }
    const rolesOf = (type: typeof Orders) => new Reflector().get(Roles, type.prototype.pay);

    expect([Orders, Refunds, Loans].map(rolesOf)).toEqual([['admin'], ['owner'], undefined]);
  });
});

describe('@Transactional() on what cannot run in a transaction', () => {
  // Types refuse these, so they are decorated as JavaScript is.
  const transactional = Transactional() as unknown as (...decorated: readonly unknown[]) => void;
  class Orders {
    static total = 0;
    items = [];
    get open(): number {
      return 0;
    }
    *each(): Generator {}
    async *stream(): AsyncGenerator {}
  }
  const { prototype } = Orders;
  const inClass = (name: string) => [
    prototype,
    name,
    Object.getOwnPropertyDescriptor(prototype, name),
  ];

  it.each<[string, readonly unknown[], string]>([
    ['a getter', inClass('open'), 'belongs on a method, and Orders.open is none'],
    ['a property', [prototype, 'items', undefined], 'a method, and Orders.items is none'],
    ['a parameter', [prototype, 'each', 0], 'a method, and Orders.each is none'],
    [
      'a static property',
      [Orders, 'total', Object.getOwnPropertyDescriptor(Orders, 'total')],
      'a method, and Orders.total is none',
    ],
    ['a class', [Orders], 'belongs on a method, and it stands on a class'],
    ['a generator', inClass('each'), 'Orders.each is a generator: it works while its results are'],
    ['an async generator', inClass('stream'), 'Orders.stream is a generator'],
  ])('is refused while the class is defined: %s', (_, decorated, message) => {
    expect(() => transactional(...decorated)).toThrow(TransactionalError);
    expect(() => transactional(...decorated)).toThrow(message);
  });
});
