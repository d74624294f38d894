export {
  bullmqRelay,
  type BullmqRelayOptions,
  type RelayJob,
  type RelayQueue,
} from './bullmq-relay.js';
