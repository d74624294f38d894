import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { changed, created, Signals, Receiver, type ReceiverContext } from 'nestjs-signals';
import { DurableReceiver } from 'nestjs-signals/durable';
import {
  onCommit,
  postBulk,
  postDelete,
  postSave,
  preDelete,
  type PostSave,
} from 'nestjs-signals/typeorm';
import { Account, LogLine, Note, User, Visit } from './entities.js';
import { Gateway } from './gateway.js';
import {
  allowedInVain,
  calmPing,
  charged,
  heardAsEvent,
  opened,
  ordered,
  type Told,
} from './signals.js';

/** Each method is nearly what a rule finds, and right. */
@Injectable()
export class NearReceivers {
  constructor(
    private readonly gateway: Gateway,
    private readonly signals: Signals,
  ) {}

  @Receiver(postDelete, { sender: User, dispatchUid: 'near.user' })
  @Receiver(postDelete, { sender: Account, dispatchUid: 'near.account' })
  hearDifferentSenders(): void {}

  @Receiver(postSave, { sender: Visit, when: created, dispatchUid: 'near.created' })
  @Receiver(postSave, { sender: Visit, when: changed('id'), dispatchUid: 'near.changed' })
  hearOnDifferentConditions(): void {}

  @Receiver(allowedInVain, { dispatchUid: 'near.heard' })
  hearAllowed(): void {}

  @OnEvent(heardAsEvent.name)
  hearEvent(): void {}

  @Receiver(charged, { dispatchUid: 'near.chargeOnCommit' })
  chargeOnCommit({ id }: Told): void {
    onCommit(() => this.gateway.charge(id));
  }

  @Receiver(charged, { phase: 'afterCommit', dispatchUid: 'near.chargeAfterCommit' })
  chargeAfterCommit({ id }: Told): Promise<void> {
    return this.gateway.charge(id);
  }

  @DurableReceiver(charged, {
    effect: 'external',
    onUnknownOutcome: 'dead-letter',
    dispatchUid: 'near.chargeDurably',
  })
  chargeDurably({ id }: Told): Promise<void> {
    return this.gateway.charge(id);
  }

  @Receiver(preDelete, { robust: false, dispatchUid: 'near.everyRemoval' })
  hearEveryRemoval(): void {}

  @Receiver(calmPing, { when: ({ id }) => id > 0, dispatchUid: 'near.countDown' })
  async countDown({ id }: Told): Promise<void> {
    await this.signals.send(calmPing, { id: id - 1 });
  }

  @Receiver(ordered, { order: 1, dispatchUid: 'near.firstLog' })
  async log(_told: Told, { manager }: ReceiverContext): Promise<void> {
    await manager.insert(LogLine, { id: 1 });
  }

  @Receiver(ordered, { order: 2, dispatchUid: 'near.secondLog' })
  async logToo(_told: Told, { manager }: ReceiverContext): Promise<void> {
    await manager.insert(LogLine, { id: 2 });
  }

  @Receiver(opened, { robust: true, dispatchUid: 'near.robust' })
  hearOpening(): void {}

  @Receiver(postSave, { sender: Note, dispatchUid: 'near.noteSaved' })
  hearNote(_saved: PostSave<Note>): void {}

  @Receiver(postBulk, { sender: Note, dispatchUid: 'near.notesWritten' })
  hearNotes(): void {}
}
