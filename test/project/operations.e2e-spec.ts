import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as client from '@prometheus-io/client';
import { Signals } from 'nestjs-signals';
import { prometheusSignals } from 'nestjs-signals/prometheus';

const FOLDER = 'docs/operations';
const METRIC = /\bsignals_\w+/g;

/** The metrics that there are, under all names that a query may give them. */
function known(): ReadonlySet<string> {
  const registry = new client.Registry();
  const counts = async () => ({ states: {}, oldestPendingSeconds: 0 });
  const metrics = prometheusSignals({ client, registry, deliveries: { counts } });
  const host = { signals: new Signals(), onError: () => {}, resolve: () => undefined };
  using _attached = metrics.attach(host);
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  return new Set(names.flatMap((name) => [name, `${name}_bucket`, `${name}_count`]));
}

describe('What operators are given', () => {
  it.each(['alerts.yml', 'alerts.test.yml', 'grafana-dashboard.json', 'README.md'])(
    'asks in %s for metrics that there are',
    async (file) => {
      const text = await readFile(join(FOLDER, file), 'utf8');

      const asked = new Set(text.match(METRIC));

      expect([...asked].filter((name) => !known().has(name))).toEqual([]);
      expect(asked.size).toBeGreaterThan(1);
    },
  );

  it('shows every metric on the dashboard', async () => {
    const dashboard = await readFile(join(FOLDER, 'grafana-dashboard.json'), 'utf8');

    const shown = new Set(dashboard.match(METRIC)?.map((name) => name.replace(/_bucket$/, '')));

    const names = [...known()].filter((name) => !/_(?:bucket|count)$/.test(name));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });
});
