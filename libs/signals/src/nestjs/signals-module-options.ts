import type { SignalsOptions } from '../core/index.js';
import type { SignalsIntegration } from '../integration/index.js';

export interface SignalsModuleOptions extends SignalsOptions {
  /** What signals are connected with: `typeOrmSignals()`, `eventEmitterSignals()`. */
  readonly integrations?: readonly SignalsIntegration[];
  /**
   * Whether requests over HTTP send `requestStarted`, `requestFinished` and `requestFailed`. Costs a
   * look-up per request while nobody listens. Default: true.
   */
  readonly requests?: boolean;
  /** How long a shutdown waits for receivers under way, in milliseconds. Default: 10,000. */
  readonly shutdownDeadline?: number;
}
