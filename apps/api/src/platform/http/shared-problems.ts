import { PROBLEM_CONTENT } from './problems.decorator.js';

interface Response {
  description: string;
}

/** What is used of an operation of OpenAPI. */
interface Operation {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly object[] | undefined;
  readonly requestBody?: unknown;
  readonly responses: Record<string, unknown>;
}

/** The refusals that no route makes itself. */
const ALWAYS: Readonly<Record<string, string>> = {
  400: 'The request cannot be read: `malformed-request`.',
  408: 'It took too long to arrive: `request-timeout`.',
  429: 'Too many requests came from your address: `rate-limited`.',
  431: 'Its headers are too large: `headers-too-large`.',
  500: 'A fault of ours, which is logged: `internal-error`.',
  503: 'Not now, but soon: `database-unavailable`, `shutting-down`.',
};

const CLOSED = { 401: 'You are not signed in: `not-signed-in`.' };
const IN_PATH: Readonly<Record<string, string>> = {
  414: 'A part of the path is too long: `address-too-long`.',
  422: 'A part of the path is no text: `validation-failed`.',
};
const IN_QUERY = { 422: 'A parameter is wrong: `validation-failed`.' };
/** Bodies are read before it is known that nobody wants them. */
const IN_BODY: Readonly<Record<string, string>> = {
  413: 'The body is too large: `body-too-large`, `body-too-complex`.',
  415: 'The body is not JSON: `unsupported-media-type`.',
};
const IN_FIELDS = { 422: 'A field is wrong: `validation-failed`.' };
const CHANGES = {
  503: 'Not now, but soon: `database-unavailable`, `shutting-down`. Or the answer of the database was lost: `outcome-unknown`.',
};

/** What an operation tells itself comes first. */
export function addSharedProblems(operation: Operation, method: string): void {
  const { security, parameters, requestBody } = operation;
  const isIn = (place: string) =>
    parameters?.some((parameter) => 'in' in parameter && parameter.in === place);
  const shared = {
    ...ALWAYS,
    ...(method !== 'get' && CHANGES),
    ...(security && security.length > 0 && CLOSED),
    ...(isIn('path') && IN_PATH),
    ...(isIn('query') && IN_QUERY),
    ...(method !== 'get' && IN_BODY),
    ...(requestBody !== undefined && IN_FIELDS),
  };
  for (const [status, description] of Object.entries(shared)) {
    const own = operation.responses[status] as Response | undefined;
    if (!own) operation.responses[status] = { description, content: PROBLEM_CONTENT };
    else if (!own.description.includes(description)) own.description += ` ${description}`;
  }
  operation.responses['default'] ??= { description: 'A problem.', content: PROBLEM_CONTENT };
}
