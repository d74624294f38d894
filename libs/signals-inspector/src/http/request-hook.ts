import { interceptRequests, rawOf } from 'nestjs-signals/nestjs';
import type { InspectorHttp } from './inspector-http.js';

/**
 * Answers the inspector's addresses before anything of the application sees them: its prefix, guards
 * and filters do not concern the inspector, which has its own access.
 */
export function answerRequests(adapter: object, http: InspectorHttp): Disposable {
  return interceptRequests(adapter, (request, response, pass) => {
    const raw = rawOf(request);
    if (!http.owns(raw)) return pass();
    void http.handle(raw, rawOf(response)).then(
      (isAnswered) => {
        if (!isAnswered) return pass();
        return 'hijack' in response ? response.hijack?.() : undefined;
      },
      (error: unknown) => pass(error as Error),
    );
    return undefined;
  });
}
