import type { Callee } from './callee.js';
import type { Channel } from './effects.js';

interface ExternalPackage {
  readonly channel: Channel;
  /** The functions that leave the process; without it, all of the package. */
  readonly calls?: RegExp;
}

const SENDING = /^send|^deliver|^mail/i;
const QUEUEING = /^(add|send|publish|emit|produce|insert|enqueue|schedule|xAdd|lpush|rpush)/i;
const REQUESTING =
  /^(request|get|post|put|patch|delete|head|options|fetch|call|send|stream|pipeline|connect)/i;

const mail = (...names: string[]) => each(names, { channel: 'mail', calls: SENDING });
const http = (...names: string[]) => each(names, { channel: 'http', calls: REQUESTING });
const queue = (...names: string[]) => each(names, { channel: 'queue', calls: QUEUEING });

/** Packages of the field whose calls no rollback takes back. */
const WELL_KNOWN: ReadonlyMap<string, ExternalPackage> = new Map([
  ...mail('nodemailer', '@nestjs-modules/mailer', '@sendgrid/mail', '@sendgrid/client', 'resend'),
  ...mail('postmark', 'mailgun.js', '@aws-sdk/client-ses', '@aws-sdk/client-sesv2'),
  ...http('axios', '@nestjs/axios', 'undici', 'undici-types', 'got', 'ky', 'superagent'),
  ...http('node-fetch', 'ofetch', 'graphql-request', '@grpc/grpc-js', '@octokit/request'),
  ...each(['stripe', 'twilio'], { channel: 'http' }),
  ...queue('bullmq', 'bull', 'pg-boss', 'graphile-worker', 'amqplib', 'kafkajs', 'nats', 'mqtt'),
  ...queue('@nestjs/microservices', '@aws-sdk/client-sqs', '@aws-sdk/client-sns', 'bee-queue'),
]);

/** Files of Node's own types whose functions open connections. */
const NODE_NETWORK = /^(http|https|http2|net|tls)\.d\.ts$/;

/** Tells by the package that declares what is called whether a call leaves the process. */
export class ExternalCalls {
  readonly #packages: ReadonlyMap<string, ExternalPackage>;

  constructor(more: Partial<Record<Channel, readonly string[]>> = {}) {
    const named = Object.entries(more) as [Channel, readonly string[]][];
    this.#packages = new Map([
      ...WELL_KNOWN,
      ...named.flatMap(([channel, names]) => each(names, { channel })),
    ]);
  }

  recognise(callee: Callee): { readonly channel: Channel; readonly call: string } | undefined {
    const name = callee.owner ? `${callee.owner}.${callee.name}` : callee.name;
    if (isGlobalFetch(callee)) return { channel: 'http', call: 'fetch' };
    if (callee.package === 'node' && NODE_NETWORK.test(callee.file ?? '')) {
      const opens = /^(request|get|connect|createConnection)$/.test(callee.name);
      return opens ? { channel: 'http', call: `${name} (node)` } : undefined;
    }
    const known = callee.package ? this.#packages.get(callee.package) : undefined;
    if (!known || (known.calls && !known.calls.test(callee.name))) return undefined;
    return { channel: known.channel, call: `${name} (${callee.package})` };
  }
}

function isGlobalFetch({ name, owner, package: from }: Callee): boolean {
  return name === 'fetch' && !owner && (from === 'typescript' || from === 'node');
}

function each(
  names: readonly string[],
  what: ExternalPackage,
): readonly (readonly [string, ExternalPackage])[] {
  return names.map((name) => [name, what]);
}
