import type { DataSource } from 'typeorm';
import type { CancelResult, ChargeResult } from './payment-gateway.js';

export type SandboxResult = ChargeResult | CancelResult;

/** What the sandbox remembers: one result for each reference. */
export interface SandboxMemory {
  find(reference: string): Promise<SandboxResult | undefined>;
  /** Keeps the first result of a reference, and answers with the one that is kept. */
  keep(reference: string, result: SandboxResult): Promise<SandboxResult>;
}

/** Remembers in the database, for every process and every start. */
export class SandboxCharges implements SandboxMemory {
  constructor(private readonly dataSource: DataSource) {}

  async find(reference: string): Promise<SandboxResult | undefined> {
    const [row] = await this.dataSource.query<{ result: SandboxResult }[]>(
      `SELECT result FROM sandbox_charges WHERE reference = $1`,
      [reference],
    );
    return row?.result;
  }

  async keep(reference: string, result: SandboxResult): Promise<SandboxResult> {
    const [row] = await this.dataSource.query<{ result: SandboxResult }[]>(
      `INSERT INTO sandbox_charges (reference, result) VALUES ($1, $2)
       ON CONFLICT (reference) DO UPDATE SET reference = excluded.reference
       RETURNING result`,
      [reference, JSON.stringify(result)],
    );
    return row?.result ?? result;
  }
}

/** Remembers in this object alone. */
export class SandboxMap implements SandboxMemory {
  private readonly results = new Map<string, SandboxResult>();

  async find(reference: string): Promise<SandboxResult | undefined> {
    return this.results.get(reference);
  }

  async keep(reference: string, result: SandboxResult): Promise<SandboxResult> {
    const known = this.results.get(reference);
    if (!known) this.results.set(reference, result);
    return known ?? result;
  }
}
