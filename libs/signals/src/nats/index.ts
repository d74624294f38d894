export { jetStreamRelay, NoStreamError, type JetStreamRelayOptions } from './jet-stream-relay.js';
