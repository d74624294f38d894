import { Injectable } from '@nestjs/common';
import {
  PaymentGateway,
  PaymentGatewayTimeoutError,
  type CancelResult,
  type Charge,
  type ChargeResult,
} from './payment-gateway.js';

const REMEMBERED = 10_000;

/**
 * Takes no money. The token decides: none or `tok_ok` is charged, `tok_declined` and every unknown token is
 * declined, `tok_timeout` never answers, `tok_timeout_once` is charged but its first answer is lost.
 * It remembers in memory, so each process and each start has a sandbox of its own.
 */
@Injectable()
export class SandboxPaymentGateway extends PaymentGateway {
  readonly timeoutMs: number = 10_000;
  private readonly results = new Map<string, ChargeResult | CancelResult>();

  async charge({ reference, token }: Charge): Promise<ChargeResult> {
    const known = this.results.get(reference);
    if (known?.outcome === 'cancelled') return { outcome: 'declined', reason: 'cancelled' };
    if (known) return known;

    if (token === 'tok_timeout') throw new PaymentGatewayTimeoutError(reference);
    const result = this.remember(reference, decide(reference, token));
    if (token === 'tok_timeout_once') throw new PaymentGatewayTimeoutError(reference);
    return result;
  }

  async cancel(reference: string): Promise<CancelResult> {
    const known = this.results.get(reference);
    if (known?.outcome === 'charged') return known;
    return this.remember(reference, { outcome: 'cancelled' });
  }

  private remember<Result extends ChargeResult | CancelResult>(
    reference: string,
    result: Result,
  ): Result {
    this.results.set(reference, result);
    const [oldest] = this.results.keys();
    if (this.results.size > REMEMBERED && oldest) this.results.delete(oldest);
    return result;
  }
}

function decide(reference: string, token = 'tok_ok'): ChargeResult {
  switch (token) {
    case 'tok_ok':
    case 'tok_timeout_once':
      return { outcome: 'charged', gatewayReference: `sandbox_${reference}` };
    case 'tok_declined':
      return { outcome: 'declined', reason: 'the card was declined' };
    default:
      return { outcome: 'declined', reason: 'the sandbox does not know this payment token' };
  }
}
