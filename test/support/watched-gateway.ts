import { EventEmitter, once } from 'node:events';
import {
  SandboxPaymentGateway,
  type CancelResult,
  type Charge,
  type ChargeResult,
} from '../../apps/api/src/billing/index.js';

/** The sandbox with a witness: counts what it was asked, and fails or waits when a test says so. */
export class WatchedGateway extends SandboxPaymentGateway {
  override timeoutMs = 10_000;
  charges: Charge[] = [];
  cancelled: string[] = [];
  private references = new Set<string>();
  private losesAnswer = false;
  private gate: EventEmitter | undefined;

  /** Forgets what it saw. */
  reset(): void {
    this.timeoutMs = 10_000;
    this.charges = [];
    this.cancelled = [];
    this.references = new Set();
  }

  /** How many times money moved. */
  get takings(): number {
    return this.references.size;
  }

  /** The next charge takes the money, and then the connection breaks. */
  loseNextAnswer(): void {
    this.losesAnswer = true;
  }

  /** The next charge waits until it is released. */
  holdNextCharge(): { readonly reached: Promise<unknown>; readonly release: () => void } {
    const gate = new EventEmitter();
    this.gate = gate;
    return { reached: once(gate, 'reached'), release: () => void gate.emit('released') };
  }

  override async charge(charge: Charge): Promise<ChargeResult> {
    this.charges.push(charge);
    const { gate, losesAnswer } = this;
    this.gate = undefined;
    this.losesAnswer = false;
    if (gate) {
      const released = once(gate, 'released');
      gate.emit('reached');
      await released;
    }

    const result = await super.charge(charge);
    if (result.outcome === 'charged') this.references.add(charge.reference);
    if (losesAnswer) throw new Error('The connection to the gateway broke.');
    return result;
  }

  override cancel(reference: string): Promise<CancelResult> {
    this.cancelled.push(reference);
    return super.cancel(reference);
  }
}
