import { EventEmitter, once } from 'node:events';
import {
  SandboxMap,
  SandboxPaymentGateway,
  type CancelResult,
  type Charge,
  type ChargeResult,
  type SandboxResult,
} from '../../apps/api/src/billing/index.js';

/** Knows how often money moved, whoever was told. */
class WatchedMemory extends SandboxMap {
  charged = new Set<string>();

  override async keep(reference: string, result: SandboxResult): Promise<SandboxResult> {
    const kept = await super.keep(reference, result);
    if (kept.outcome === 'charged') this.charged.add(reference);
    return kept;
  }
}

/** The sandbox with a witness: counts what it was asked, and fails or waits when a test says so. */
export class WatchedGateway extends SandboxPaymentGateway {
  override timeoutMs = 10_000;
  charges: Charge[] = [];
  cancelled: string[] = [];
  /** Whether it cannot be asked at all. */
  isDown = false;
  private readonly watched: WatchedMemory;
  private losesAnswer = false;
  private gate: EventEmitter | undefined;

  constructor() {
    const memory = new WatchedMemory();
    super(memory);
    this.watched = memory;
  }

  /** Forgets what it saw. */
  reset(): void {
    this.timeoutMs = 10_000;
    this.isDown = false;
    this.charges = [];
    this.cancelled = [];
    this.watched.charged = new Set();
  }

  /** How many times money moved. */
  get takings(): number {
    return this.watched.charged.size;
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
    this.refuseWhenDown();
    const { gate, losesAnswer } = this;
    this.gate = undefined;
    this.losesAnswer = false;
    if (gate) {
      const released = once(gate, 'released');
      gate.emit('reached');
      await released;
    }

    const result = await super.charge(charge);
    if (losesAnswer) throw new Error('The connection to the gateway broke.');
    return result;
  }

  override async cancel(reference: string): Promise<CancelResult> {
    this.cancelled.push(reference);
    this.refuseWhenDown();
    return super.cancel(reference);
  }

  private refuseWhenDown(): void {
    if (this.isDown) throw new Error('The gateway cannot be reached.');
  }
}
