import { Injectable } from '@nestjs/common';
import { Signals } from 'nestjs-signals';
import { atomic } from 'nestjs-signals/typeorm';
import { DataSource, In, LessThan, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { Configuration, fingerprintOf, violates, type PageQuery } from '../platform/index.js';
import {
  Order,
  ORDER_KEY_UNIQUE,
  OrderLine,
  type IdempotentRequest,
  type OrderedProduct,
  type OrderStatus,
} from './order.entity.js';
import { DuplicateProductError, OrderNotFoundError, UnknownProductError } from './orders.errors.js';
import { orderExpired, orderOverdue, orderPaid, orderPlaced } from './orders.signals.js';
import type { LineToOrderDto } from './place-order.dto.js';
import { ProductsService } from './products.service.js';

/** Names an order; with a customer, only one of theirs. */
export interface OrderKey {
  readonly id: string;
  readonly customerId?: string;
}

export interface OrderRequest {
  readonly customerId: string;
  readonly lines: readonly LineToOrderDto[];
  readonly idempotencyKey?: string | undefined;
}

export interface EverybodysOrders extends PageQuery {
  readonly status?: OrderStatus;
}

@Injectable()
export class OrdersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly products: ProductsService,
    private readonly signals: Signals,
    private readonly configuration: Configuration,
  ) {}

  /** Under a key that the customer has used, the order that the first request placed. */
  async place({ customerId, lines, idempotencyKey }: OrderRequest): Promise<Order> {
    refuseDuplicates(lines);
    if (idempotencyKey === undefined) return this.placeNew(customerId, lines);
    const request = { idempotencyKey, requestFingerprint: fingerprintOf(lines.map(wanted)) };
    const placed = await this.placedUnder(customerId, request);
    if (placed) return placed;
    try {
      return await this.placeNew(customerId, lines, request);
    } catch (error) {
      const winner =
        violates(error, ORDER_KEY_UNIQUE) && (await this.placedUnder(customerId, request));
      if (!winner) throw error;
      return winner;
    }
  }

  private async placedUnder(
    customerId: string,
    { idempotencyKey, requestFingerprint }: IdempotentRequest,
  ): Promise<Order | null> {
    const order = await this.dataSource.manager.findOne(Order, {
      where: { customerId, idempotencyKey },
      relations: { lines: true },
      order: { lines: { position: 'ASC' } },
    });
    order?.assertSameRequest(requestFingerprint);
    return order;
  }

  private placeNew(
    customerId: string,
    lines: readonly LineToOrderDto[],
    request?: IdempotentRequest,
  ): Promise<Order> {
    return atomic(this.dataSource, async (manager) => {
      const order = Order.place({
        products: await this.priced(lines, manager),
        sequence: await nextSequence(manager),
        customerId,
        at: new Date(),
        request,
      });
      await manager.save(order);
      await this.signals.send(
        orderPlaced,
        {
          orderId: order.id,
          number: order.number,
          customerId,
          total: order.total,
          placedAt: order.createdAt.toISOString(),
          expiresAt: this.configuration.orderExpiryOf(order.createdAt).toISOString(),
        },
        { sender: Order, manager },
      );
      return order;
    });
  }

  async find(key: OrderKey): Promise<Order> {
    const order = await this.dataSource.manager.findOne(Order, {
      where: key,
      relations: { lines: true },
      order: { lines: { position: 'ASC' } },
    });
    if (!order) throw new OrderNotFoundError(key.id);
    return order;
  }

  /** What has become of these orders; without their lines. */
  statesOf(ids: readonly string[]): Promise<Omit<Order, 'lines'>[]> {
    return this.dataSource.manager.findBy(Order, { id: In([...ids]) });
  }

  isPaid(key: OrderKey): Promise<boolean> {
    return this.dataSource.manager.existsBy(Order, { ...key, status: 'paid' });
  }

  /** The newest first, one more than the page's limit. */
  list(customerId: string, page: PageQuery): Promise<Order[]> {
    return this.page({ customerId }, page);
  }

  /** Like `list`, whoever ordered. */
  listEverybodys({ status, ...page }: EverybodysOrders): Promise<Order[]> {
    return this.page(status ? { status } : {}, page);
  }

  /** Whoever changes what an order owes takes its row first; others wait until the transaction ends. */
  async lock(key: OrderKey, manager: EntityManager): Promise<Order> {
    const order = await manager.findOne(Order, {
      where: key,
      lock: { mode: 'pessimistic_write' },
    });
    if (!order) throw new OrderNotFoundError(key.id);
    order.lines = await manager.find(OrderLine, {
      where: { orderId: order.id },
      order: { position: 'ASC' },
    });
    return order;
  }

  /**
   * Part of the caller's transaction, in which the order is locked. The money has moved: a receiver that fails does
   * not undo that it is known, and its failure is reported.
   */
  async markPaid(order: Order, at: Date, manager: EntityManager): Promise<void> {
    order.markPaid(at);
    await manager.save(order);
    await this.signals.sendRobust(
      orderPaid,
      {
        orderId: order.id,
        number: order.number,
        customerId: order.customerId,
        lines: order.lines.map(({ productId, name, quantity, unitPrice, total }) => {
          return { productId, name, quantity, unitPrice, total };
        }),
        total: order.total,
        paidAt: at.toISOString(),
      },
      { sender: Order, manager },
    );
  }

  /**
   * Part of the caller's transaction. Says that the time of an order is up, unless it is paid or cancelled, and from
   * when on it may be cancelled.
   */
  async tellOverdue({ id }: OrderKey, cancelAt: Date, manager: EntityManager): Promise<void> {
    if (!(await manager.existsBy(Order, { id, status: 'pending' }))) return;
    const toldAt = new Date().toISOString();
    const overdue = { orderId: id, toldAt, cancelAt: cancelAt.toISOString() };
    await this.signals.send(orderOverdue, overdue, { sender: Order, manager });
  }

  /** Part of the transaction that issues the receipt. */
  async noteReceipt(orderId: string, receiptNumber: string, manager: EntityManager): Promise<void> {
    await manager.update(Order, { id: orderId }, { receiptNumber });
  }

  /**
   * Part of the caller's transaction, in which the order is locked and no payment of it is open. What was paid, or is
   * cancelled, stays as it is.
   */
  async expire(order: Order, at: Date, manager: EntityManager): Promise<void> {
    if (!order.expire(at)) return;
    await manager.save(order);
    const { id: orderId, number, customerId } = order;
    const expiredAt = at.toISOString();
    await this.signals.send(
      orderExpired,
      { orderId, number, customerId, expiredAt },
      { sender: Order, manager },
    );
  }

  /** Two statements: in a join, a page would be so many lines instead of so many orders. */
  private async page(
    where: FindOptionsWhere<Order>,
    { cursor, limit }: PageQuery,
  ): Promise<Order[]> {
    const { manager } = this.dataSource;
    const orders = await manager.find(Order, {
      where: { ...where, ...(cursor && { id: LessThan(cursor) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    const lines = await manager.find(OrderLine, {
      where: { orderId: In(orders.map(({ id }) => id)) },
      order: { position: 'ASC' },
    });
    const linesOf = new Map<string, OrderLine[]>(orders.map(({ id }) => [id, []]));
    for (const line of lines) linesOf.get(line.orderId)?.push(line);
    for (const order of orders) order.lines = linesOf.get(order.id) ?? [];
    return orders;
  }

  private async priced(
    lines: readonly LineToOrderDto[],
    manager: EntityManager,
  ): Promise<OrderedProduct[]> {
    const ids = lines.map((line) => line.productId);
    const catalogue = await this.products.findByIds(ids, manager);
    const known = lines.flatMap(({ productId, quantity }) => {
      const product = catalogue.get(productId.toLowerCase());
      return product ? [{ product, quantity }] : [];
    });
    if (known.length < lines.length) {
      const numbered = lines.map(({ productId }, index) => ({ index, productId }));
      throw new UnknownProductError(
        numbered.filter(({ productId }) => !catalogue.has(productId.toLowerCase())),
      );
    }
    return known;
  }
}

/** What a line asks for, however it is written. */
function wanted({ productId, quantity }: LineToOrderDto): readonly [string, number] {
  return [productId.toLowerCase(), quantity];
}

function refuseDuplicates(lines: readonly LineToOrderDto[]): void {
  const ids = lines.map((line) => line.productId.toLowerCase());
  const repeated = [...ids.keys()].filter((index) => ids.indexOf(ids[index] ?? '') < index);
  if (repeated.length > 0) throw new DuplicateProductError(repeated);
}

async function nextSequence(manager: EntityManager): Promise<number> {
  const [row] = await manager.query<{ next: string }[]>(`SELECT nextval('order_numbers') AS next`);
  return Number(row?.next);
}
