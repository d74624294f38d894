import { Controller, Injectable, Param, Post } from '@nestjs/common';
import { Signals, Transactional, adminOf } from 'nestjs-signals';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource } from 'typeorm';
import { Note, User, Visit } from './entities.js';
import {
  allowedInVain,
  allowedWithoutReason,
  calmPing,
  charged,
  heardAsEvent,
  keptForOthers,
  logged,
  opened,
  ordered,
  otherTwin,
  ping,
  twin,
  unheard,
} from './signals.js';

@Injectable()
export class ShopService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signals: Signals,
  ) {}

  open(id: number): Promise<void> {
    return this.inTransaction(() => this.signals.send(opened, { id }, { sender: ShopService }));
  }

  @Transactional()
  async sendAll(id: number): Promise<void> {
    const told = { id };
    await this.signals.send(unheard, told);
    await this.signals.send(keptForOthers, told);
    await this.signals.send(allowedWithoutReason, told);
    await this.signals.send(allowedInVain, told);
    await this.signals.send(heardAsEvent, told);
    await this.signals.send(charged, told);
    await this.signals.send(ping, told);
    await this.signals.send(calmPing, told);
    await this.signals.send(logged, told);
    await this.signals.send(ordered, told);
    await this.signals.send(twin, told);
    await this.signals.send(otherTwin, told);
  }

  async renameAll(): Promise<void> {
    await this.dataSource.manager.update(User, {}, { id: 1 });
    await this.dataSource.manager.update(Note, {}, { id: 1 });
    await this.dataSource.query(`UPDATE users SET id = 2`);
    await this.dataSource.query(`UPDATE log_lines SET id = 2`);
  }

  private inTransaction(work: () => Promise<unknown>): Promise<void> {
    return atomic(this.dataSource, async (manager) => {
      await work();
      if (adminOf(this.signals).hasReceivers(opened, null)) await manager.save(new Visit());
    });
  }
}

@Controller('shops')
export class ShopController {
  constructor(private readonly shop: ShopService) {}

  @Post(':id/opening')
  open(@Param('id') id: number): Promise<void> {
    return this.shop.open(id);
  }
}
