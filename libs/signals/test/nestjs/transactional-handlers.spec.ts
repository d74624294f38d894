import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  Body,
  Catch,
  Controller,
  createParamDecorator,
  ForbiddenException,
  Header,
  Headers,
  HttpCode,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost, Reflector } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import { Throttle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { DataSource } from 'typeorm';
import { defineSignal, Signals, Receiver, SignalsModule, Transactional } from 'nestjs-signals';
import { currentManager, typeOrmSignals } from 'nestjs-signals/typeorm';
import { LogLine } from '../support/entities.js';
import { useDataSource } from '../support/use-data-source.js';
import { adapterNames, serve, type Served } from './request-support.js';

@Injectable()
class ByRole implements CanActivate {
  constructor(private readonly reflector: Reflector) {}
  canActivate(context: ExecutionContext): boolean {
    const role: unknown = this.reflector.get('role', context.getHandler());
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (role === undefined || headers['x-role'] !== role) throw new ForbiddenException('role');
    return true;
  }
}

@Injectable()
class Marking implements NestInterceptor {
  constructor(private readonly host: HttpAdapterHost) {}
  intercept(context: ExecutionContext, next: CallHandler) {
    this.host.httpAdapter.setHeader(context.switchToHttp().getResponse(), 'x-marked', 'yes');
    return next.handle();
  }
}

class Limited implements PipeTransform {
  transform(value: unknown): unknown {
    if (value === '13') throw new BadRequestException('unlucky');
    return value;
  }
}

class Torn extends Error {}

@Catch(Torn)
class TornFilter implements ExceptionFilter {
  catch(_error: Torn, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<{
      status(code: number): { send(body: unknown): void };
    }>();
    response.status(507).send({ torn: true });
  }
}

const Role = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-role'],
);

class Base {
  constructor(readonly dataSource: DataSource) {}

  async note(text: string): Promise<string> {
    const manager = currentManager(this.dataSource);
    await manager.insert(LogLine, { text });
    return manager.queryRunner?.isTransactionActive ? 'in a transaction' : 'alone';
  }
}

const above = [
  Post('lines/:id'),
  SetMetadata('role', 'admin'),
  UseGuards(ByRole),
  UseInterceptors(Marking),
  UsePipes(new Limited()),
  UseFilters(TornFilter),
  HttpCode(202),
  Header('x-kept', 'yes'),
  Throttle({ default: { limit: 4, ttl: 60_000 } }),
];

/** A controller that is guarded, piped and filtered, with `@Transactional()` below so many of its decorators. */
function controllerWith(transactional: MethodDecorator | undefined, place: number) {
  @Controller(`with-${place}`)
  class Lines extends Base {
    async write(
      @Param('id', ParseIntPipe) id: number,
      @Body() body: { readonly text: string; readonly torn?: boolean },
      @Role() role: string,
      @Headers('x-role') header: string,
    ): Promise<string> {
      const where = await this.note(body.text);
      if (body.torn) throw new Torn();
      return `${id} ${body.text} ${role} ${header} ${where}`;
    }
  }
  Reflect.defineMetadata('design:paramtypes', [DataSource], Lines);
  // The throttler counts by the names of a class and its method.
  Object.defineProperty(Lines, 'name', { value: `Lines${place}` });
  const stack = transactional ? above.toSpliced(place, 0, transactional) : above;
  const descriptor = Object.getOwnPropertyDescriptor(Lines.prototype, 'write');
  const decorated = Reflect.decorate(stack, Lines.prototype, 'write', descriptor);
  Object.defineProperty(Lines.prototype, 'write', decorated);
  return Lines;
}

const places = [...above.keys(), above.length];

describe.each(adapterNames)('A handler that is @Transactional(), on %s', (adapter) => {
  const one = useDataSource([LogLine]);
  let served: Served;
  beforeAll(async () => {
    const metadata = {
      imports: [ThrottlerModule.forRoot([{ limit: 1_000, ttl: 60_000 }])],
      controllers: [
        controllerWith(undefined, -1),
        ...places.map((place) => controllerWith(Transactional() as MethodDecorator, place)),
      ],
      providers: [
        { provide: DataSource, useFactory: () => one.dataSource },
        { provide: APP_GUARD, useClass: ThrottlerGuard },
      ],
    };
    served = await serve(adapter, metadata, { signals: { integrations: [typeOrmSignals()] } });
  });
  afterAll(() => served.close());

  const answersAt = async (place: number) => {
    const post = async (id: string, role: string, body: object) => {
      const response = await served.fetch(`/with-${place}/lines/${id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-role': role },
        body: JSON.stringify(body),
      });
      return {
        status: response.status,
        kept: response.headers.get('x-kept'),
        marked: response.headers.get('x-marked'),
        text: await response.text(),
      };
    };
    return {
      written: await post('7', 'admin', { text: `written at ${place}` }),
      guarded: await post('7', 'nobody', { text: 'guarded' }),
      piped: await post('13', 'admin', { text: 'piped' }),
      filtered: await post('7', 'admin', { text: 'torn', torn: true }),
      throttled: await post('7', 'admin', { text: 'throttled' }),
    };
  };

  it('is routed, guarded, piped, filtered and limited as without, wherever the decorator stands', async () => {
    const without = await answersAt(-1);
    expect(Object.values(without).map(({ status }) => status)).toEqual([202, 403, 400, 507, 429]);
    await one.dataSource.manager.clear(LogLine);

    for (const place of places) {
      const { written, ...refused } = await answersAt(place);
      expect(written).toEqual({
        ...without.written,
        text: `7 written at ${place} admin admin in a transaction`,
      });
      expect(refused).toEqual({
        guarded: without.guarded,
        piped: without.piped,
        filtered: without.filtered,
        throttled: without.throttled,
      });
    }

    // What was torn has been rolled back, and what was refused has not run.
    const lines = await one.dataSource.manager.find(LogLine);
    expect(lines.map(({ text }) => text)).toEqual(places.map((place) => `written at ${place}`));
  });
});

const paid = defineSignal<{ readonly order: string }>('test.transactionalPaid');
let wheres: string[] = [];

@Injectable()
class Listeners extends Base {
  @Transactional()
  @OnEvent('order.paid')
  async eventBelow(): Promise<void> {
    wheres.push(`event below ${await this.note('e')}`);
  }
  @OnEvent('order.paid')
  @Transactional()
  async eventAbove(): Promise<void> {
    wheres.push(`event above ${await this.note('e')}`);
  }
  @Transactional()
  @Receiver(paid)
  async receiverBelow(): Promise<void> {
    wheres.push(`receiver below ${await this.note('r')}`);
  }
  @Receiver(paid)
  @Transactional()
  async receiverAbove(): Promise<void> {
    wheres.push(`receiver above ${await this.note('r')}`);
  }
}
Reflect.defineMetadata('design:paramtypes', [DataSource], Listeners);

describe('A listener or receiver that is @Transactional()', () => {
  const one = useDataSource([LogLine]);

  it('hears in its transaction, in either order of the decorators', async () => {
    wheres = [];
    const module = await Test.createTestingModule({
      imports: [
        SignalsModule.forRoot({ integrations: [typeOrmSignals()] }),
        EventEmitterModule.forRoot(),
      ],
      providers: [{ provide: DataSource, useFactory: () => one.dataSource }, Listeners],
    }).compile();
    await module.init();

    await module.get(EventEmitter2).emitAsync('order.paid');
    await module.get(Signals).send(paid, { order: 'o-1' });
    await module.close();

    expect(wheres.toSorted()).toEqual([
      'event above in a transaction',
      'event below in a transaction',
      'receiver above in a transaction',
      'receiver below in a transaction',
    ]);
  });
});
