import 'reflect-metadata';
import { strict as assert } from 'node:assert';
import { Controller, Module, Param, Post, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { eventEmitterSignals } from 'nestjs-signals/event-emitter';
import { SignalsModule } from 'nestjs-signals';
import { typeOrmSignals } from 'nestjs-signals/typeorm';
import { DataSource } from 'typeorm';
import { Profile, ProfileReceivers, User } from './accounts.js';
import { Journal, OrderReceivers, OrdersService, Receipt } from './orders.js';

@Controller('orders')
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post(':id/payment')
  pay(@Param('id') orderId: string): Promise<void> {
    return this.orders.pay(orderId);
  }
}

@Module({
  imports: [
    EventEmitterModule.forRoot(),
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: String(process.env['DATABASE_URL']),
      entities: [User, Profile, Receipt],
      synchronize: true,
      extra: { max: 1, connectionTimeoutMillis: 5_000 },
    }),
    SignalsModule.forRoot({
      strict: true,
      integrations: [typeOrmSignals(), eventEmitterSignals()],
    }),
  ],
  controllers: [OrdersController],
  providers: [Journal, OrdersService, OrderReceivers, ProfileReceivers],
})
class ApplicationModule {}

async function main(): Promise<void> {
  const application = await create();
  await application.listen(0, '127.0.0.1');
  try {
    await savesAProfileWithTheUser(application.get(DataSource));
    await tellsOfAPaymentAfterItsCommit(application);
    await tellsNothingOfARefusedPayment(application);
  } finally {
    await application.close();
  }
}

/** On Express, or with FASTIFY on what that names. */
async function create(): Promise<INestApplication> {
  const { FASTIFY } = process.env;
  if (!FASTIFY) return NestFactory.create(ApplicationModule, { logger: false });
  const { FastifyAdapter } = await import(FASTIFY);
  return NestFactory.create(ApplicationModule, new FastifyAdapter(), { logger: false });
}

async function savesAProfileWithTheUser(dataSource: DataSource): Promise<void> {
  const users = dataSource.getRepository(User);
  const ada = await users.save(users.create({ name: 'Ada' }));
  await users.save(Object.assign(ada, { name: 'Ada Lovelace' }));
  await assert.rejects(users.save(users.create({ name: 'nobody' })), /Nobody has no profile/);

  assert.deepEqual(await dataSource.getRepository(Profile).find(), [
    Object.assign(new Profile(), { id: 1, userId: ada.id }),
  ]);
  assert.equal(await users.count(), 1);
}

async function tellsOfAPaymentAfterItsCommit(application: INestApplication): Promise<void> {
  assert.deepEqual(await pay(application, '7'), [
    'issued',
    'savepoint undone',
    'paid',
    'committed',
    'heard of 7',
    'mailed',
    'answered 201',
  ]);
  const receipts = await application.get(DataSource).getRepository(Receipt).find();
  assert.deepEqual(
    receipts.map(({ orderId }) => orderId),
    ['7'],
  );
}

async function tellsNothingOfARefusedPayment(application: INestApplication): Promise<void> {
  assert.deepEqual(await pay(application, 'refused'), [
    'issued',
    'savepoint undone',
    'answered 500',
  ]);
  assert.equal(await application.get(DataSource).getRepository(Receipt).count(), 1);
}

/** Pays by HTTP; answers what was heard meanwhile. */
async function pay(application: INestApplication, orderId: string): Promise<readonly string[]> {
  const { entries } = application.get(Journal);
  entries.length = 0;
  const url = `${await application.getUrl()}/orders/${orderId}/payment`;
  const response = await fetch(url, { method: 'POST' });
  await response.text();
  while (!entries.some((entry) => entry.startsWith('answered'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return entries;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
