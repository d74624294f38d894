import type { Profile } from './profile.entity.js';
import type { Role, User } from './user.entity.js';

export class ProfileDto {
  readonly displayName!: string;
  readonly bio!: string;

  static of({ displayName, bio }: Profile): ProfileDto {
    return { displayName, bio };
  }
}

export class AccountDto {
  readonly id!: string;
  readonly email!: string;
  readonly createdAt!: Date;
  readonly profile!: ProfileDto;

  static of({ id, email, createdAt }: User, profile: Profile): AccountDto {
    return { id, email, createdAt, profile: ProfileDto.of(profile) };
  }
}

export class MyAccountDto extends AccountDto {
  /** What the account may do: staff mark orders as paid. */
  readonly role!: Role;

  static override of(user: User, profile: Profile): MyAccountDto {
    return Object.assign(AccountDto.of(user, profile), { role: user.role });
  }
}
