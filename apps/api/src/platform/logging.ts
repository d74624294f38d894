import { ConsoleLogger } from '@nestjs/common';
import type { Configuration } from './configuration/configuration.js';
import { RequestContext } from './request-context.js';

/** What Nest says about its own wiring: the same lines at every start, and a failed start speaks for itself. */
const WIRING = new Set([
  'ExceptionHandler',
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Where a failed query carries the values of its row. */
const PERSONAL = ['parameters', 'driverError', 'detail'] as const;

/** Lines for people in development; in production one JSON object a line, with the id of the request. */
export class ApplicationLogger extends ConsoleLogger {
  private readonly requests = new RequestContext();

  constructor({ isProduction }: Configuration) {
    super({
      redact: [...PERSONAL],
      ...(isProduction ? { json: true, flattenParams: true } : { prefix: 'shop' }),
    });
  }

  protected override printMessages(...line: Parameters<ConsoleLogger['printMessages']>): void {
    if (!WIRING.has(line[1] ?? '')) super.printMessages(...line);
  }

  protected override getJsonLogObject(...line: Parameters<ConsoleLogger['getJsonLogObject']>) {
    const { requestId } = this.requests.current ?? {};
    return { ...(requestId && { requestId }), ...super.getJsonLogObject(...line) };
  }

  protected override stringifyParams(): string {
    return ''; // they repeat the message, for machines
  }
}
