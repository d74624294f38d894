import type { Rule } from '../rule.js';

export const sentToNobody: Rule = {
  id: 'SIG003',
  severity: 'warning',
  title: 'a signal is sent and nobody receives it',
  meaning:
    'The sources send a domain signal that no receiver and no listener of the event emitter hears. ' +
    'It may be there for others to come, or its receiver was lost.',
  fix: 'Connect a receiver, remove the send, or say for whom the signal is kept in a suppression.',
  find: (map) =>
    map.signals.flatMap(({ name, category, calls, receivers, place }) => {
      const [call] = calls;
      const isHeard = receivers.some(({ signal }) => signal !== undefined);
      if (category !== 'domain' || !call || isHeard || map.listenersOf(name).length > 0) return [];
      const { by, file, line } = call.site;
      return [
        {
          place: place ?? call.site,
          message: `${name} is sent by ${by} (${file}:${line}), but nothing receives it`,
        },
      ];
    }),
};
