import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Injectable,
  Post,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
  type CanActivate,
} from '@nestjs/common';
import { concat, from, map, of, type Observable } from 'rxjs';
import { Gate } from './request-support.js';

@Injectable()
class RefuseAll implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** What a handler is given by its adapter, for an answer past the adapter. */
interface RawReply {
  hijack?(): void;
  readonly raw?: ServerResponse;
  end(text: string): void;
  destroy(): void;
}

/** A controller with one route for each way in which a request can end. */
@Controller()
export class Desk {
  /** What waits, waits for this. */
  readonly gate = new Gate();

  @Get('ok')
  ok(): object {
    return { ok: true };
  }

  @Post('echo')
  echo(@Body() body: object): object {
    return body;
  }

  @Get('refused')
  @UseGuards(RefuseAll)
  refused(): void {}

  @Get('broken')
  broken(): void {
    throw new Error('broken');
  }

  @Get('raw')
  raw(@Res() reply: RawReply): void {
    reply.hijack?.();
    (reply.raw ?? reply).end('raw');
  }

  /** The answer is given up by the server. */
  @Get('dropped')
  dropped(@Res() reply: RawReply): void {
    reply.hijack?.();
    (reply.raw ?? reply).destroy();
  }

  @Get('waiting')
  async waiting(): Promise<string> {
    await this.gate.opened;
    return 'at last';
  }

  /** One chunk, and once the gate is open the end. */
  @Get('stream')
  stream(): StreamableFile {
    return this.#stream((stream) => stream.push(null));
  }

  @Get('torn')
  torn(): StreamableFile {
    return this.#stream((stream) => stream.destroy(new Error('torn')));
  }

  @Sse('events')
  events(): Observable<{ data: string }> {
    const last = from(this.gate.opened).pipe(map(() => 'last'));
    return concat(of('first'), last).pipe(map((data) => ({ data })));
  }

  #stream(end: (stream: Readable) => void): StreamableFile {
    const { opened } = this.gate;
    let isBegun = false;
    const source = new Readable({
      read() {
        if (isBegun) void opened.then(() => end(this));
        else this.push('first');
        isBegun = true;
      },
    });
    return new StreamableFile(source);
  }
}
