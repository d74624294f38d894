import { requireNamedSender } from '../invalid-reference.error.js';
import type { SendObserver } from '../observed-send.js';
import { matchesSender, type Registration } from './registration.js';
import type { Sender } from '../signal.js';

/** Senders may be names without number, and every one of them has a route. */
const MOST_ROUTES = 1_000;

/** Is nobody's sender. */
const NOBODY = Symbol('nobody');

/**
 * The receivers of one signal. Lists are replaced, never changed in place: a send that has taken
 * its list goes on with it, whoever connects or disconnects meanwhile.
 */
export class SignalRoutes {
  /** How many sends of the signal are under way. */
  running = 0;
  registrations: readonly Registration[] = [];
  observers: readonly SendObserver[] = [];
  #areDeferred: boolean | undefined;
  readonly #routes = new Map<Sender | null, readonly Registration[]>();
  /** Where the latest send went: the next one is likely to have the same sender. */
  #latestSender: Sender | null | typeof NOBODY = NOBODY;
  #latestRoute: readonly Registration[] = [];

  /** @param everywhere the receivers of all signals of which this is one. */
  constructor(private readonly everywhere?: SignalRoutes) {}

  add(registration: Registration): void {
    this.#replace([...this.registrations, registration].toSorted(byOrder));
  }

  /** Answers whether there was anything to remove. */
  remove(matches: (registration: Registration) => boolean): boolean {
    const remaining = this.registrations.filter((registration) => !matches(registration));
    if (remaining.length === this.registrations.length) return false;
    this.#replace(remaining);
    return true;
  }

  /**
   * The receivers of a send, in the order in which they run.
   *
   * @throws InvalidReferenceError
   */
  route(sender: Sender | null): readonly Registration[] {
    if (sender !== this.#latestSender) {
      this.#latestRoute = this.#routes.get(sender) ?? this.#findRoute(sender);
      this.#latestSender = sender;
    }
    return this.#latestRoute;
  }

  /** Whether a send concerns anybody. */
  isHeard(sender: Sender | null): boolean {
    return this.observers.length > 0 || this.route(sender).length > 0;
  }

  /** Whether any of them waits for the end of a transaction: those sends look before they begin. */
  get areDeferred(): boolean {
    return (this.#areDeferred ??= [...this.registrations, ...this.#others].some(
      ({ info }) => info.phase !== 'inTransaction',
    ));
  }

  forgetRoutes(): void {
    this.#areDeferred = undefined;
    this.#routes.clear();
    this.#latestSender = NOBODY;
  }

  get #others(): readonly Registration[] {
    return this.everywhere?.registrations ?? [];
  }

  #findRoute(sender: Sender | null): readonly Registration[] {
    requireNamedSender(sender);
    const route = [...this.registrations, ...this.#others]
      .filter(
        (registration, index, all) =>
          matchesSender(registration, sender) && index === firstMatch(all, registration, sender),
      )
      .toSorted(byOrder);
    if (this.#routes.size >= MOST_ROUTES) this.forgetRoutes();
    this.#routes.set(sender, route);
    return route;
  }

  #replace(registrations: readonly Registration[]): void {
    this.registrations = registrations;
    this.forgetRoutes();
  }
}

function byOrder(one: Registration, other: Registration): number {
  return one.info.order - other.info.order;
}

/**
 * One function that is connected for any sender and for this one too runs once, unless it runs in
 * another phase or under another condition.
 */
function firstMatch(
  all: readonly Registration[],
  registration: Registration,
  sender: Sender | null,
): number {
  return all.findIndex(
    (other) =>
      other.identity === registration.identity &&
      other.source === registration.source &&
      other.when === registration.when &&
      other.info.phase === registration.info.phase &&
      matchesSender(other, sender),
  );
}
