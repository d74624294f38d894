export { BillingModule } from './billing.module.js';
export {
  paymentBegun,
  receiptIssued,
  receiptMailed,
  receiptRequested,
  type PaymentBegun,
  type ReceiptIssued,
  type ReceiptMailed,
  type ReceiptRequested,
} from './billing.signals.js';
export {
  PaymentGateway,
  PaymentGatewayTimeoutError,
  type CancelResult,
  type Charge,
  type ChargeResult,
} from './payment-gateway.js';
export { receiptPdf, type PrintedReceipt } from './receipt.pdf.js';
export { Receipt } from './receipt.entity.js';
export { ReceiptsService } from './receipts.service.js';
export { SandboxMap, type SandboxResult } from './sandbox-charges.js';
export { SandboxPaymentGateway } from './sandbox-payment-gateway.js';
