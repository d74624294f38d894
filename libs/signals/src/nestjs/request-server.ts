import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** What is done with the requests of a server. */
export interface ServerWatch {
  /** Runs what the server does with a request, its listeners' work included, inside of something. */
  around(request: IncomingMessage, response: ServerResponse, work: () => boolean): boolean;
  /** The first of all listeners. */
  arrived(request: IncomingMessage, response: ServerResponse): void;
}

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

/**
 * Watches a server: also what it answers before hooks of an adapter run, such as a malformed URL or a
 * route that was registered on the adapter itself.
 */
export function watchServer(server: Server | undefined, watch: ServerWatch): Disposable {
  if (!server) return { [Symbol.dispose]: () => {} };
  const own = Object.getOwnPropertyDescriptor(server, 'emit');
  // Asked anew each time: an instrumentation may replace the prototype's later on.
  const emit: Emit = (...args) => {
    const former = (own?.value ?? Object.getPrototypeOf(server).emit) as Emit;
    return former.apply(server, args);
  };
  // Listeners cannot enclose one another: only who calls them can.
  const emitAround: Emit = (event, ...args) => {
    if (event !== 'request') return emit(event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    return watch.around(request, response, () => emit(event, ...args));
  };
  const arrived = watch.arrived.bind(watch);
  server.emit = emitAround as Server['emit'];
  server.prependListener('request', arrived);
  return {
    [Symbol.dispose]: () => {
      server.off('request', arrived);
      if (server.emit !== emitAround) return;
      if (own) Object.defineProperty(server, 'emit', own);
      else Reflect.deleteProperty(server, 'emit');
    },
  };
}
