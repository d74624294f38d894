import { contentOf, Failure } from './failure.js';
import type { paths } from './schema.js';
import { send } from './send.js';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The addresses that answer to a method. */
type AddressFor<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends undefined ? never : P;
}[keyof paths];

type Operation<M extends Method, P extends AddressFor<M>> = NonNullable<paths[P][M]>;

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;

type Answer<O> = O extends { responses: infer R }
  ? {
      [S in keyof R]: S extends 200 | 201 ? Json<R[S]> : S extends 204 ? undefined : never;
    }[keyof R]
  : never;

/** Only what the address takes, and everything that it needs. */
type Input<O> = InParameters<O> &
  (O extends { requestBody: infer B }
    ? { readonly body: Json<B> }
    : O extends { requestBody?: infer B }
      ? { readonly body?: Json<NonNullable<B>> }
      : unknown);

type InParameters<O> = O extends { parameters: infer Parameters }
  ? {
      readonly [
        K in keyof Parameters as K extends 'path' | 'query' | 'header'
          ? NonNullable<Parameters[K]> extends never
            ? never
            : K
          : never
      ]: Parameters[K];
    }
  : unknown;

interface AnyInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The statuses of answers that have no content. */
const EMPTY = new Set([202, 204]);

/**
 * Asks the API, as its own description types it: `call('get', '/api/v1/orders/{id}', { path: { id } })`. Throws the
 * Failure of what was refused, broke, or got no answer.
 */
export async function call<M extends Method, P extends AddressFor<M>>(
  method: M,
  address: P,
  ...[input]: object extends Input<Operation<M, P>>
    ? [input?: Input<Operation<M, P>>]
    : [input: Input<Operation<M, P>>]
): Promise<Answer<Operation<M, P>>> {
  const { path = {}, query = {}, header, body } = (input ?? {}) as AnyInput;
  const url = new URL(
    address.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? '')),
    location.origin,
  );
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const answer = await send(
    new Request(url, {
      method: method.toUpperCase(),
      headers: { ...header, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const content = await contentOf(answer);
  if (!answer.ok || (content === undefined && !EMPTY.has(answer.status))) {
    throw Failure.of(answer.status, content);
  }
  return content as Answer<Operation<M, P>>;
}
