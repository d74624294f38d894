import { Column, Entity, PrimaryColumn } from 'typeorm';
import { Audited } from '../platform/index.js';
import type { User } from './user.entity.js';

/** How a user is shown. Every user has one: it is made in the transaction that registers the user. */
@Audited<Profile>({ columns: ['displayName', 'bio'] })
@Entity('profiles')
export class Profile {
  @PrimaryColumn('uuid')
  userId!: string;

  @Column('text')
  displayName!: string;

  @Column('text')
  bio!: string;

  /** Without a name of its own, the profile takes what stands before the @. */
  static of(user: User): Profile {
    const profile = new Profile();
    profile.userId = user.id;
    profile.displayName = user.displayName ?? user.email.slice(0, user.email.lastIndexOf('@'));
    profile.bio = '';
    return profile;
  }
}
