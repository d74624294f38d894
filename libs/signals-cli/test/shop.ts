import { Controller, Get, Injectable, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineSignal, Signals, Receiver, SignalsModule } from 'nestjs-signals';
import {
  InspectorModule,
  type DeadLetter,
  type DeadLetterFilter,
  type DurableDesk,
} from 'nestjs-signals-inspector';

const opened = defineSignal<{ shop: string }>('shop.opened');

@Injectable()
class Receivers {
  @Receiver(opened, { dispatchUid: 'lights.switchOn' })
  switchOn(): void {}

  @Receiver(opened, { dispatchUid: 'radio.play', robust: true })
  play(): void {
    throw new Error('No radio.');
  }
}

@Controller('shops')
class Shops {
  constructor(private readonly signals: Signals) {}

  @Get('opening')
  async open(): Promise<string> {
    await this.signals.send(opened, { shop: 'corner' });
    return 'open';
  }

  @Get('quiet')
  quiet(): string {
    return 'nothing happened';
  }
}

/** Keeps dead letters in a list, where an application keeps them in PostgreSQL. */
export class DeadLetters {
  readonly letters: DeadLetter[] = [];
  readonly desk: DurableDesk = {
    health: () => ({ isStarted: true, hasWorkers: true, isListening: true }),
    deadLetters: {
      list: async (filter = {}) => this.letters.filter((letter) => fits(letter, filter)),
      show: async (id) => this.letters.find((letter) => letter.id === id) ?? fail(id),
      replay: async (filter, { dryRun = false } = {}) => {
        const chosen = this.letters.filter((letter) => fits(letter, filter));
        const replayed = chosen.filter(({ receiver }) => receiver !== 'gone.receiver');
        if (!dryRun)
          for (const each of replayed) this.letters.splice(this.letters.indexOf(each), 1);
        return { replayed, homeless: chosen.filter((each) => !replayed.includes(each)) };
      },
    },
  };
}

export interface Shop {
  readonly app: INestApplication;
  readonly url: string;
}

/** An application with its inspector, on a free port. */
export async function openShop(dead: DeadLetters): Promise<Shop> {
  const inspector = InspectorModule.forRoot({
    enabled: true,
    environment: 'test',
    access: ({ headers }) => (headers['x-staff'] === 'yes' ? 'operate' : 'none'),
    durable: dead.desk,
  });
  @Module({
    imports: [SignalsModule.forRoot({ onError: () => undefined }), inspector],
    controllers: [Shops],
    providers: [Receivers],
  })
  class ShopModule {}
  const app = await NestFactory.create(ShopModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  return { app, url: (await app.getUrl()).replace('[::1]', '127.0.0.1') };
}

function fits(letter: DeadLetter, { ids, receiver, reason }: DeadLetterFilter): boolean {
  return (
    (ids?.includes(letter.id) ?? true) &&
    (receiver === undefined || letter.receiver === receiver) &&
    (reason === undefined || letter.reason.includes(reason))
  );
}

function fail(id: string): never {
  throw new Error(`No dead letter ${id}.`);
}
