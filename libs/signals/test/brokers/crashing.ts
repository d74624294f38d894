/** What both processes of the test declare: the one that crashes, and the one that takes over. */
export const CRASHING = {
  signal: 'orders.paid',
  receiver: {
    phase: 'durable',
    effect: 'relay',
    dispatchUid: 'orders.relayPaid',
    timeout: 2_000,
  },
} as const;
