/** The methods of a class and those that it inherits. */
export function methodsOf(type: Function): readonly (readonly [string, Function])[] {
  const methods = new Map<string, Function>();
  let prototype = type.prototype as object | null;
  while (prototype && prototype !== Object.prototype) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function' && name !== 'constructor' && !methods.has(name)) {
        methods.set(name, value as Function);
      }
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return [...methods];
}
