import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** What proxies add: behind one at this machine, everybody comes from this machine. */
const OF_PROXIES =
  /^(?:via|cdn-loop|x-envoy-.*|(?:.*-)?forwarded(?:-.*)?|(?:.*-)?(?:real|client|connecting|remote|original|source)-?(?:ip|address|addr|host))$/;

/** Whether somebody at this machine asks, as far as can be seen. */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  // Serverless runtimes make requests up, without a connection.
  const { remoteAddress = '' } = (socket as IncomingMessage['socket'] | undefined) ?? {};
  return (
    LOOPBACK.test(remoteAddress) && !Object.keys(headers).some((name) => OF_PROXIES.test(name))
  );
}
