import {
  PaymentGateway,
  PaymentGatewayTimeoutError,
  type CancelResult,
  type Charge,
  type ChargeResult,
} from './payment-gateway.js';
import { SandboxMap, type SandboxMemory } from './sandbox-charges.js';

/**
 * Takes no money. The token decides: none or `tok_ok` is charged, `tok_declined` and every unknown token is
 * declined, `tok_timeout` never answers, `tok_timeout_once` is charged but its first answer is lost.
 */
export class SandboxPaymentGateway extends PaymentGateway {
  readonly timeoutMs: number = 10_000;
  readonly takesMoney: boolean = false;

  constructor(private readonly memory: SandboxMemory = new SandboxMap()) {
    super();
  }

  async charge({ reference, token }: Charge): Promise<ChargeResult> {
    const known = await this.memory.find(reference);
    if (!known && token === 'tok_timeout') throw new PaymentGatewayTimeoutError(reference);
    const result = known ?? (await this.memory.keep(reference, decide(reference, token)));
    if (!known && token === 'tok_timeout_once') throw new PaymentGatewayTimeoutError(reference);
    return result.outcome === 'cancelled' ? { outcome: 'declined', reason: 'cancelled' } : result;
  }

  async cancel(reference: string): Promise<CancelResult> {
    const result = await this.memory.keep(reference, { outcome: 'cancelled' });
    return result.outcome === 'charged' ? result : { outcome: 'cancelled' };
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
