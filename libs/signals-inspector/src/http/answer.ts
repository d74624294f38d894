import type { IncomingMessage, ServerResponse } from 'node:http';

/** What every answer of the inspector carries: nothing from elsewhere, nothing inline, no framing. */
export const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
  "connect-src 'self'; frame-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

/** A mail may style itself and nothing else: no script, no request to anywhere. */
export const MAIL_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

export function answer(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const content = Buffer.from(body);
  response.writeHead(status, {
    'content-type': type,
    'content-length': content.byteLength,
    'cache-control': 'no-store',
    'content-security-policy': PAGE_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : content);
}

export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  answer(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

/** An error of the client, or something that is gone, in the form of RFC 9457. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    message: string,
    readonly pointer?: string,
  ) {
    super(message);
  }
}

export function notFound(detail: string): Problem {
  return new Problem(404, 'not-found', 'There is nothing here', detail);
}

export function answerProblem(response: ServerResponse, problem: Problem): void {
  const { status, type, title, message: detail, pointer } = problem;
  const body = {
    type: `urn:nestjs-signals:inspector:${type}`,
    title,
    status,
    detail,
    ...(pointer !== undefined && { errors: [{ pointer, detail }] }),
  };
  answer(response, status, 'application/problem+json', JSON.stringify(body));
}

const LONGEST_BODY = 64 * 1_024;

/** A JSON body. Another type is refused: a form of another site could send it. */
export async function jsonOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new Problem(415, 'json-expected', 'JSON is expected', 'Send application/json.');
  }
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > LONGEST_BODY) {
      throw new Problem(413, 'too-large', 'The body is too large', 'At most 64 KiB are read.');
    }
  }
  const body = parsed(text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new Problem(400, 'object-expected', 'An object is expected', 'Send a JSON object.', '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Problem(400, 'malformed-json', 'The body is no JSON', 'It cannot be parsed.', '');
  }
}
