import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { throwAwayPostgres } from '../../scripts/embedded-postgres/index.mjs';
import { ShopClient } from './shop-client.mjs';

/** Measures the built application, in a process of its own and on a database of its own. */
export async function withShop(measure) {
  if (!existsSync(new URL('../../dist/apps/api/src/application.js', import.meta.url))) {
    console.error('The application is not built: npm run build');
    process.exit(2);
  }
  const server = await throwAwayPostgres();
  try {
    const shop = fork(new URL('recorded-shop.mjs', import.meta.url), {
      env: { ...process.env, DATABASE_URL: server.url },
    });
    const [{ url }] = await once(shop, 'message');
    await measure(new ShopClient(url, shop));
    shop.disconnect();
  } finally {
    await server.stop();
  }
}
