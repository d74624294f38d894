import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Configuration } from '../configuration/configuration.js';
import { errorCode } from '../error-code.js';
import { StartupError } from './startup.error.js';

/** Opens the port of the configuration, or says in one sentence why that is not possible. */
export async function listen(app: NestFastifyApplication): Promise<void> {
  const { host, port } = app.get(Configuration);
  try {
    await app.listen(port, host);
  } catch (error) {
    throw new StartupError(explain(error, host, port), { cause: error });
  }
}

function explain(error: unknown, host: string, port: number): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is taken. Stop the program that has it, or choose another: PORT=0 takes any free one.`;
    case 'EACCES':
      return `Port ${port} of ${host} may not be opened by this user. Choose one above 1023, for example PORT=3000.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is no address of this machine. Use 127.0.0.1 for this machine alone or 0.0.0.0 for everybody.`;
    default:
      return `Port ${port} of ${host} cannot be opened: ${String(error)}`;
  }
}
