import { Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { durableSignals } from 'nestjs-signals/durable';
import { eventEmitterSignals } from 'nestjs-signals/event-emitter';
import { SignalsModule } from 'nestjs-signals';
import { typeOrmSignals } from 'nestjs-signals/typeorm';
import { Account, LogLine, Note, User, Visit } from './entities.js';
import { Gateway, HttpGateway } from './gateway.js';
import { NearReceivers } from './near.receivers.js';
import { PlantedReceivers } from './planted.receivers.js';
import { ShopController, ShopService } from './shop.service.js';

/** What `signals lint` finds, and what it leaves alone. Never started. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL ?? '',
      entities: [User, Account, LogLine, Note, Visit],
    }),
    EventEmitterModule.forRoot(),
    SignalsModule.forRoot({
      integrations: [typeOrmSignals(), durableSignals(), eventEmitterSignals()],
    }),
  ],
  controllers: [ShopController],
  providers: [
    ShopService,
    PlantedReceivers,
    NearReceivers,
    { provide: Gateway, useClass: HttpGateway },
  ],
})
export class AppModule {}
