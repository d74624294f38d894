import { Injectable } from '@nestjs/common';
import { created, Receiver, type ReceiverContext } from 'nestjs-signals';
import { postSave, type PostSave } from 'nestjs-signals/typeorm';
import { Profile } from './profile.entity.js';
import { User } from './user.entity.js';

@Injectable()
export class CreateProfileReceiver {
  @Receiver(postSave, { sender: User, when: created, dispatchUid: 'accounts.createProfile' })
  async createProfile({ instance }: PostSave<User>, { manager }: ReceiverContext): Promise<void> {
    await manager.save(Profile.of(instance));
  }
}
