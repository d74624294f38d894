import type { components } from './schema.js';

export type Problem = components['schemas']['Problem'];

/**
 * Why a request did not succeed: the shop `refused` it and says why, it `broke` on the shop's side, or its answer was
 * `lost`, so that nobody here knows what became of it.
 */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly kind: 'refused' | 'broken' | 'lost',
    readonly problem?: Problem,
    options?: ErrorOptions,
  ) {
    super(problem?.detail ?? 'No answer came.', options);
  }

  static of(status: number, body: unknown): Failure {
    const problem = isProblem(body) ? body : undefined;
    return new Failure(status >= 500 || !problem ? 'broken' : 'refused', problem);
  }

  /** The stable name of the problem: `order-already-paid`. */
  get code(): string | undefined {
    return this.problem?.type.replace('urn:problem:', '');
  }

  /** What is wrong with the field that a JSON pointer names. */
  about(pointer: string): string | undefined {
    return this.problem?.errors?.find((error) => error.pointer === pointer)?.detail;
  }
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('lost', undefined, { cause: error });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'type' in body && 'detail' in body;
}
