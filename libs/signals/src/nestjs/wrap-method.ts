/**
 * A method that runs `call` in the place of `method` and is taken for it by whoever looks at it: it has
 * the same name, length and own properties, and a copy of the metadata that decorators have put on it.
 * Decorators that are applied later reach the wrapper alone, which is what their readers find.
 */
export function wrapMethod<M extends (...args: never[]) => unknown>(
  method: M,
  call: (self: ThisParameterType<M>, args: Parameters<M>) => ReturnType<M>,
): M {
  const wrapper = new Proxy(method, {
    apply: (_method, self: ThisParameterType<M>, args) => call(self, args as Parameters<M>),
  });
  for (const key of Reflect.getOwnMetadataKeys(method)) {
    Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), wrapper);
  }
  return wrapper;
}
