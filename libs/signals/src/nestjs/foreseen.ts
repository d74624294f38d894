const values = new WeakMap<Function, unknown>();

/** Tells beforehand what a factory is about, to those who read the modules without starting them. */
export function foreseen<F extends (...given: never[]) => unknown>(value: unknown, factory: F): F {
  values.set(factory, value);
  return factory;
}

/** What {@link foreseen} told of a factory; undefined for those of others. */
export function valueForeseenFor(factory: unknown): unknown {
  return typeof factory === 'function' ? values.get(factory) : undefined;
}
