import { IsIn } from 'class-validator';
import type { OfflineMethod } from './payment.entity.js';

const METHODS = ['bank_transfer', 'cash'] as const satisfies OfflineMethod[];

export class MarkPaidDto {
  /** How the money arrived. */
  @IsIn(METHODS, { message: 'must be bank_transfer or cash' })
  readonly method!: OfflineMethod;
}
