export { amountColumn } from './amount.column.js';
export { OrderDto, OrderLineDto } from './order.dto.js';
export { Order, OrderLine, type OrderStatus } from './order.entity.js';
export { OrderAlreadyPaidError, OrderNotFoundError } from './orders.errors.js';
export { OrdersModule } from './orders.module.js';
export { OrdersService, type OrderKey } from './orders.service.js';
export {
  orderExpired,
  orderOverdue,
  orderPaid,
  orderPlaced,
  type OrderExpired,
  type OrderOverdue,
  type OrderPaid,
  type OrderPaidLine,
  type OrderPlaced,
} from './orders.signals.js';
export { Product } from './product.entity.js';
