import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's first recommendation for argon2id, which is the default algorithm of the package. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

@Injectable()
export class Passwords {
  private readonly nobodys = hash('the password of nobody', COST);

  hash(password: string): Promise<string> {
    return hash(password, COST);
  }

  /** Without a hash the answer is no, after as much work: how long it takes tells nobody who has an account. */
  async matches(password: string, passwordHash: string | undefined): Promise<boolean> {
    const same = await verify(passwordHash ?? (await this.nobodys), password);
    return same && passwordHash !== undefined;
  }
}
