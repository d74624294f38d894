import { Injectable } from '@nestjs/common';
import { created, Receiver, type ReceiverContext } from 'nestjs-signals';
import { postSave, type PostSave } from 'nestjs-signals/typeorm';
import { Column, Entity, PrimaryGeneratedColumn, type EntityManager } from 'typeorm';

@Entity('users')
export class User {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'text' })
  name!: string;
}

@Entity('profiles')
export class Profile {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ type: 'integer' })
  userId!: number;
}

@Injectable()
export class ProfileReceivers {
  @Receiver(postSave, { sender: User, when: created, dispatchUid: 'accounts.createProfile' })
  async createProfile({ instance }: PostSave<User>, context: ReceiverContext): Promise<void> {
    const manager: EntityManager = context.manager;
    if (instance.name === 'nobody') throw new Error('Nobody has no profile.');
    await manager.insert(Profile, { userId: instance.id });
  }
}
