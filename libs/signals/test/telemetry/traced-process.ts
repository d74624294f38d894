import { Module, Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { defineSignal, Signals, Receiver, SignalsModule } from 'nestjs-signals';
import { openTelemetrySignals } from 'nestjs-signals/telemetry';

/** An application that knows of no SDK; it sends once, and once more while it is closed. */
const opened = defineSignal<{ readonly shop: string }>('shop.opened');
const closed = defineSignal<{ readonly shop: string }>('shop.closed');

@Injectable()
class Lights {
  constructor(private readonly signals: Signals) {}

  @Receiver(opened, { dispatchUid: 'lights.switchOn' })
  switchOn(): void {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.signals.send(closed, { shop: 'corner' });
  }
}

@Module({
  imports: [SignalsModule.forRoot({ integrations: [openTelemetrySignals()] })],
  providers: [Lights],
})
class ShopModule {}

const app = await NestFactory.createApplicationContext(ShopModule, { logger: false });
app.enableShutdownHooks();
await app.get(Signals).send(opened, { shop: 'corner' });
console.log('sent');
if (process.argv.includes('ends')) await app.close();
else setInterval(() => {}, 60_000);
