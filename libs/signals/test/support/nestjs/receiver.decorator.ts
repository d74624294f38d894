import { Injectable } from '@nestjs/common';
import { defineSignal, Receiver } from 'nestjs-signals';

const named = defineSignal<object>('test.named');

/** In a file that has the name and the folder of one of the library's own. */
@Injectable()
export class Namesake {
  @Receiver(named, { dispatchUid: 'namesake.hear' })
  hear(): void {}
}
