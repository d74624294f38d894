import { Injectable } from '@nestjs/common';

export abstract class Gateway {
  abstract charge(id: number): Promise<void>;
}

@Injectable()
export class HttpGateway extends Gateway {
  async charge(id: number): Promise<void> {
    await fetch(`http://127.0.0.1:1/charges/${id}`);
  }
}
