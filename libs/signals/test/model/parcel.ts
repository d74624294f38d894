import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { defineSignal, type ReceiverContext } from 'nestjs-signals/core';
import type { Plan, ReceiverName, Source } from './step.js';

/** What travels with a thing that is saved, or a signal that is sent, to its receivers. */
export interface Parcel {
  readonly label: string;
  readonly plan: Plan;
  /** Set for things: where they are saved. */
  readonly on?: Source;
  receive(name: ReceiverName, parcel: Parcel, context: ReceiverContext): Promise<void>;
}

@Entity('things')
export class Thing {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  label!: string;

  parcel!: Parcel;
}

export const happened = defineSignal<{ readonly parcel: Parcel }>('model.happened');
