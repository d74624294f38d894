/**
 * How often a durable receiver is tried that depends on somebody else: the wait between two attempts grows to five
 * minutes, so that 1,500 retries outlast an outage of five days. Afterwards the delivery is a dead letter.
 */
export const TRIED_FOR_DAYS = { retries: 1_500, backoff: 1_000 } as const;
