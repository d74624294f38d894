import { Injectable } from '@nestjs/common';
import { Signals, Receiver, type ReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import { postSave, preSave } from 'nestjs-signals/typeorm';
import { Account, Draft, LogLine, User } from './entities.js';
import { Gateway } from './gateway.js';
import {
  charged,
  logged,
  opened,
  otherTwin,
  ping,
  pong,
  twin,
  unsent,
  type Told,
} from './signals.js';

/** Each method is what one rule finds. */
@Injectable()
export class PlantedReceivers {
  constructor(
    private readonly gateway: Gateway,
    private readonly signals: Signals,
  ) {}

  @Receiver(twin, { dispatchUid: 'planted.twin' })
  hearTwin(): void {}

  @Receiver(otherTwin, { dispatchUid: 'planted.otherTwin' })
  hearOtherTwin(): void {}

  @Receiver(postSave, { sender: Account, dispatchUid: 'planted.once' })
  @Receiver(postSave, { sender: Account, dispatchUid: 'planted.again' })
  hearTwice(): void {}

  @Receiver(opened, { dispatchUid: 'planted.taken' })
  takeId(): void {}

  @Receiver(opened, { dispatchUid: 'planted.taken' })
  takeIdToo(): void {}

  @Receiver(opened)
  hearWithoutId(): void {}

  @Receiver(unsent, { dispatchUid: 'planted.neverSent' })
  hearUnsent(): void {}

  @Receiver(postSave, { sender: Draft, dispatchUid: 'planted.noEntity' })
  hearDraft(): void {}

  @Receiver(charged, { dispatchUid: 'planted.charge' })
  charge({ id }: Told): Promise<void> {
    return this.gateway.charge(id);
  }

  @Receiver(preSave, { dispatchUid: 'planted.everything' })
  hearEverything(): void {}

  @Receiver(ping, { dispatchUid: 'planted.pong' })
  async answerPing({ id }: Told): Promise<void> {
    await this.signals.send(pong, { id });
  }

  @Receiver(pong, { dispatchUid: 'planted.ping' })
  async answerPong({ id }: Told): Promise<void> {
    await this.signals.send(ping, { id });
  }

  @Receiver(logged, { dispatchUid: 'planted.firstLog' })
  async log(_told: Told, { manager }: ReceiverContext): Promise<void> {
    await manager.save(new LogLine());
  }

  @Receiver(logged, { dispatchUid: 'planted.secondLog' })
  async logToo(_told: Told, { manager }: ReceiverContext): Promise<void> {
    await manager.insert(LogLine, { id: 2 });
  }

  @DurableReceiver(charged, { dispatchUid: 'planted.chargeLater' })
  chargeLater({ id }: Told): Promise<void> {
    return this.gateway.charge(id);
  }

  @Receiver(postSave, { sender: User, dispatchUid: 'planted.userSaved' })
  hearUser(): void {}
}

@Injectable()
export class UnprovidedReceivers {
  @Receiver(opened, { dispatchUid: 'planted.unprovided' })
  hearNothing(): void {}
}
