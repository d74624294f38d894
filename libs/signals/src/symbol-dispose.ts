/**
 * `using` needs two symbols that Node defines, but not in contexts that a test runner makes with
 * `node:vm`, such as those of Jest 29 on Node 22: there they are defined as Node does it.
 */
for (const name of ['dispose', 'asyncDispose'] as const) {
  if (typeof Symbol[name] === 'symbol') continue;
  Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
