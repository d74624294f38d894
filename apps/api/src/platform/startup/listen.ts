import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Configuration } from '../configuration/configuration.js';
import { errorCode } from '../error-code.js';
import { StartupError } from './startup.error.js';

export interface Port {
  readonly host: string;
  readonly port: number;
  /** The one that says which port. */
  readonly variable: string;
}

/** Opens the port of the configuration, or says in one sentence why that is not possible. */
export async function listen(app: NestFastifyApplication): Promise<void> {
  const { host, port } = app.get(Configuration);
  await openPort(app, { host, port, variable: 'PORT' });
}

/** @throws StartupError */
export async function openPort(app: NestFastifyApplication, port: Port): Promise<void> {
  try {
    await app.listen(port.port, port.host);
  } catch (error) {
    if (error instanceof StartupError) throw error; // a module refuses to start
    throw new StartupError(explain(error, port), { cause: error });
  }
}

function explain(error: unknown, { host, port, variable }: Port): string {
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is taken. Stop the program that has it, or choose another: ${variable}=0 takes any free one.`;
    case 'EACCES':
      return `Port ${port} of ${host} may not be opened by this user. Choose one above 1023, for example ${variable}=3000.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is no address of this machine. Use 127.0.0.1 for this machine alone or 0.0.0.0 for everybody.`;
    default:
      return `Port ${port} of ${host} cannot be opened: ${String(error)}`;
  }
}
