import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { FieldError } from './domain.errors.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** One wrong field. */
export class FieldProblem implements FieldError {
  /** JSON pointer into what was sent. */
  @ApiProperty({ example: '/lines/0/quantity' })
  readonly pointer!: string;

  /** What is wrong with it. */
  @ApiProperty()
  readonly detail!: string;
}

/** Every error is answered like this (RFC 9457). */
export class Problem {
  /** Stable; branch on this one. */
  @ApiProperty({ example: 'urn:problem:validation-failed' })
  readonly type!: string;

  /** The same sentence for every occurrence of the type. */
  @ApiProperty()
  readonly title!: string;

  /** The HTTP status. */
  @ApiProperty({ type: 'integer' })
  readonly status!: number;

  /** What happened this time. */
  @ApiProperty()
  readonly detail!: string;

  /** Names the request in the server's log: `urn:request:` and its X-Request-Id. */
  @ApiPropertyOptional()
  readonly instance?: string;

  /** The wrong fields, when fields are wrong. */
  @ApiPropertyOptional({ type: [FieldProblem] })
  readonly errors?: readonly FieldProblem[];
}
