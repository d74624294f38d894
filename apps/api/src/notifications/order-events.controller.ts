import { Controller, Param, Sse, type MessageEvent } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Observable } from 'rxjs';
import { CurrentUser, type SignedIn } from '../accounts/index.js';
import { OrderNotFoundError } from '../orders/index.js';
import { IdPipe, Problems } from '../platform/index.js';
import { OrderEventsService } from './order-events.service.js';

@ApiTags('orders')
@Controller('orders/:id/events')
export class OrderEventsController {
  constructor(private readonly events: OrderEventsService) {}

  /** Server-sent events of one of your orders: `state` first, then `paid`, `receipted` and `mailed`, or `cancelled`, as they happen. They end with your session. */
  @ApiProduces('text/event-stream')
  @Problems({
    404: 'You have no such order: `order-not-found`.',
    429: 'You have ten streams open: `too-many-streams`. Or too many requests came: `rate-limited`.',
  })
  @Sse()
  watch(
    @CurrentUser() user: SignedIn,
    @Param('id', new IdPipe(OrderNotFoundError)) id: string,
  ): Promise<Observable<MessageEvent>> {
    return this.events.watch(id, user);
  }
}
