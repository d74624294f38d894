import { once } from 'node:events';
import { durableProcess } from './durable-process.mjs';

const worker = await durableProcess(process.argv[2], {
  schema: 'idle',
  receivers: [{ dispatchUid: 'receipt' }],
  onHeard: (id) => process.send(id),
});
process.send('ready');
await once(process, 'disconnect');
await worker.stop();
