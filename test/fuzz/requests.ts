import { readFileSync } from 'node:fs';
import fc from 'fast-check';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Parameter {
  readonly in: string;
  readonly name: string;
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** As built: what Nest's compiler reads of the classes of bodies is not there in a test. */
export function readDescription(): OpenApi {
  return JSON.parse(readFileSync('apps/web/src/api/openapi.json', 'utf8')) as OpenApi;
}

export interface FuzzedRequest {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What is not made up: ids that exist, and tokens of people who are signed in. */
export interface Known {
  readonly ids: readonly string[];
  readonly tokens: readonly string[];
}

const ODD = [
  '\0',
  '\ud800',
  '\udc00\ud800',
  '\u202e',
  '\u2028',
  'İ',
  'ﬃ',
  '😀',
  '\u200b',
  '%',
  '"',
  '\\',
  '../',
];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...ODD), { maxLength: 6 }).map((all) => all.join('')),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'ada@example.test',
      'correct horse battery staple',
      '1',
      '-1',
      'null',
      '',
    ),
  },
  { weight: 1, arbitrary: fc.nat({ max: 3_000 }).map((length) => 'a-'.repeat(length)) },
);

const scalar = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));

const deep = fc
  .tuple(fc.integer({ min: 1, max: 4_000 }), fc.constantFrom('[', '{"a":'), scalar)
  .map(([depth, open, inmost]) => {
    const close = open === '[' ? ']' : '}';
    return open.repeat(depth) + JSON.stringify(inmost) + close.repeat(depth);
  });

const wide = fc
  .tuple(fc.integer({ min: 1, max: 9_000 }), fc.constantFrom('object', 'list', 'lists'))
  .map(([count, shape]) => {
    if (shape === 'list') return `[${Array(count).fill('"\\u0000"').join(',')}]`;
    if (shape === 'lists') return `[${Array(count).fill('[]').join(',')}]`;
    return `{${Array.from({ length: count }, (_, index) => `"${index}":1`).join(',')}}`;
  });

/** JSON texts: mostly of a shape that the schema has, with single parts that it has not. */
function like(schema: Schema | undefined, document: OpenApi, known: Known): fc.Arbitrary<string> {
  const unfit = fc.oneof(
    { weight: 6, arbitrary: scalar.map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: wide },
  );
  return fc.oneof(
    { weight: 5, arbitrary: fitting(schema, document, known) },
    { weight: 1, arbitrary: unfit },
  );
}

function fitting(
  schema: Schema | undefined,
  document: OpenApi,
  known: Known,
): fc.Arbitrary<string> {
  if (schema?.$ref) {
    return fitting(
      document.components.schemas[schema.$ref.split('/').at(-1) ?? ''],
      document,
      known,
    );
  }
  const part = (inner: Schema | undefined) => like(inner, document, known);
  if (schema?.enum) return fc.constantFrom(...schema.enum).map((value) => JSON.stringify(value));
  if (schema?.items) {
    return fc.array(part(schema.items), { maxLength: 60 }).map((items) => `[${items.join(',')}]`);
  }
  if (schema?.properties) {
    const fields = Object.entries(schema.properties).map(([name, inner]) =>
      fc.option(
        part(inner).map((value) => `${JSON.stringify(name)}:${value}`),
        { freq: 8, nil: undefined },
      ),
    );
    const unknown = fc.option(
      fc
        .tuple(text, scalar)
        .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`),
      { freq: 1, nil: undefined },
    );
    return fc
      .tuple(
        ...fields,
        fc.oneof(
          { weight: 9, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: unknown },
        ),
      )
      .map((all) => `{${all.filter((field) => field !== undefined).join(',')}}`);
  }
  if (schema?.type === 'integer' || schema?.type === 'number') {
    return fc.integer({ min: -1, max: 1_001 }).map(String);
  }
  const value = fc.oneof(text, fc.constantFrom('x', ...known.ids), fc.emailAddress());
  return value.map((chosen) => JSON.stringify(chosen));
}

/** Any request to any operation: random, nearly valid, deep, wide, and of odd letters. */
export function requestsTo(document: OpenApi, known: Known): fc.Arbitrary<FuzzedRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.oneof(...operations.map((one) => requestTo(one, document, known)));
}

function requestTo(
  {
    path,
    method,
    operation,
  }: { readonly path: string; readonly method: string; readonly operation: Operation },
  document: OpenApi,
  known: Known,
): fc.Arbitrary<FuzzedRequest> {
  const { requestBody, parameters = [] } = operation;
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  const id = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('x', ...known.ids) },
    { weight: 1, arbitrary: text.map(escaped) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('%zz', '%', '%c3%28', '%00', '..%2f', 'a'.repeat(200)),
    },
  );
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = fc.array(
    fc.tuple(
      fc.constantFrom('x', ...query.map(({ name }) => name)),
      fc.oneof(text.map(escaped), id),
    ),
    { maxLength: 4 },
  );
  const token = fc.constantFrom(undefined, 'nonsense', ...known.tokens, ...known.tokens);
  const key = fc.option(fc.string({ minLength: 1, maxLength: 40 }).filter(isHeader));
  const type = fc.oneof(
    { weight: 9, arbitrary: fc.constant('application/json') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', '*/*', 'json'),
    },
  );
  const body =
    schema || method !== 'get'
      ? fc.option(like(schema, document, known), { freq: 8 })
      : fc.constant(null);
  return fc
    .tuple(id, pairs, token, key, type, body)
    .map(([ref, chosen, bearer, idempotencyKey, contentType, json]) => {
      const search = chosen.map((pair) => pair.join('=')).join('&');
      return {
        operation: `${method} ${path}`,
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/, () => ref) + (search && `?${search}`),
        headers: {
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
          ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }),
          ...(json !== null && method !== 'get' && { 'content-type': contentType }),
        },
        ...(json !== null && method !== 'get' && { body: json }),
      };
    });
}

function escaped(value: string): string {
  return encodeURIComponent(value.replaceAll(/\p{Surrogate}/gu, '\ufffd'));
}

function isHeader(value: string): boolean {
  return /^[\x21-\x7e]+( *[\x21-\x7e]+)*$/.test(value);
}
