import type { components } from './schema.js';

export type Problem = components['schemas']['Problem'];

/**
 * Why a request did not succeed: the shop `refused` it and says why, it is `broken` on the shop's side, its answer was
 * `lost`, so that nobody here knows what became of it, or the page itself is `faulty`.
 */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly kind: 'refused' | 'broken' | 'lost' | 'faulty',
    readonly problem?: Problem,
    options?: ErrorOptions,
  ) {
    super(problem?.detail ?? `The request is ${kind}.`, options);
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

/** What is thrown and is no answer of the shop comes from the page. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure('faulty', undefined, { cause: error });
}

/** Waits for what only the network can fail. */
export async function orLost<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new Failure('lost', undefined, { cause });
  }
}

/** The JSON of an answer, or undefined when it has none. */
export async function contentOf(answer: Response): Promise<unknown> {
  const text = await orLost(answer.text());
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'type' in body && 'detail' in body;
}
