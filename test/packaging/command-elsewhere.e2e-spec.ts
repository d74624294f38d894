import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PACKAGES, PATIENCE, runCommand, type CommandOutcome } from './command.js';
import { PackedLibrary, type Project } from './packed-library.js';

const TSCONFIG = {
  compilerOptions: {
    module: 'commonjs',
    target: 'es2021',
    rootDir: 'src',
    outDir: 'dist',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    esModuleInterop: true,
    sourceMap: true,
    strict: true,
    skipLibCheck: true,
    ignoreDeprecations: '6.0',
    types: ['node'],
  },
  include: ['src'],
};

/** What an application prints while it is loaded, by the console and past it. */
const NOISE = `
console.log('[dotenv@17] injecting env (47) from .env');
console.log('{');
`;

const MODULE = `${NOISE}
import { Injectable, Module } from '@nestjs/common';
import { defineSignal, Receiver, SignalsModule } from 'nestjs-signals';

export const opened = defineSignal<{ id: number }>('shop.opened');

@Injectable()
export class Receivers {
  @Receiver(opened, { dispatchUid: 'lights.switchOn' })
  switchOn() {}
}

@Module({ imports: [SignalsModule.forRoot()], providers: [Receivers] })
export class AppModule {}
`;
const PLACE = `src/app.module.ts:${MODULE.split('\n').findIndex((line) => line.includes('@Receiver')) + 1}`;

/** How an application may be named: by nothing, or by what stands in a configuration. */
const CONFIGURATIONS = {
  'by nothing': undefined,
  'by an import of its name': `
    import { AppModule } from './dist/app.module.js';
    export default { app: () => AppModule };`,
  'by an import of the whole file': `
    import * as file from './dist/app.module.js';
    export default () => file;`,
  'by the default import of a CommonJS file': `
    import file from './dist/app.module.js';
    export default () => file;`,
  'by an import that waits': `
    export default { app: () => import('./dist/app.module.js') };`,
  'by a file that exports it as its default': `export default { app: 'dist/default.js' };`,
} as const;

describe('The command, in an application that is compiled to CommonJS', () => {
  let library: PackedLibrary;
  let project: Project;

  const signals = (...args: string[]): Promise<CommandOutcome> => runCommand(project, args);
  const write = async (name: string, content: string): Promise<void> => {
    await mkdir(dirname(join(project.folder, name)), { recursive: true });
    await writeFile(join(project.folder, name), content);
  };

  beforeAll(async () => {
    library = await PackedLibrary.make();
    project = await library.installIn('commonjs', PACKAGES);
    await write('package.json', '{ "private": true }');
    await write('tsconfig.json', JSON.stringify(TSCONFIG));
    await write('src/app.module.ts', MODULE);
    await write('src/default.ts', `export { AppModule as default } from './app.module';`);
    const complaints = await project.complaints('tsconfig.json');
    if (complaints) throw new Error(complaints);
  }, PATIENCE);

  afterAll(() => library.remove());

  it.each(Object.entries(CONFIGURATIONS))(
    'finds the module that is named %s, and the place in its sources',
    async (_how, configuration) => {
      const config = configuration ? ['--config', 'some.config.mjs'] : [];
      await write('some.config.mjs', configuration ?? '');

      const { code, out, error } = await signals('list', '--json', ...config);

      expect({ code, error }).toEqual({ code: 0, error: expect.stringContaining('injecting env') });
      expect(JSON.parse(out).receivers).toEqual([expect.objectContaining({ location: PLACE })]);
    },
    PATIENCE,
  );

  it(
    'says what a file exports when it does not export what was named',
    async () => {
      const { code, error } = await signals('list', '--app', 'dist/app.module.js#ShopModule');

      expect(code).toBe(2);
      expect(error).toContain('dist/app.module.js exports no ShopModule');
    },
    PATIENCE,
  );
});

describe('The command, where the inspector is not installed', () => {
  let library: PackedLibrary;
  let project: Project;

  beforeAll(async () => {
    library = await PackedLibrary.make();
    const own = ['nestjs-signals', 'nestjs-signals-cli'] as const;
    project = await library.installIn('uninspected', PACKAGES, own);
  }, PATIENCE);

  afterAll(() => library.remove());

  it('asks an application that runs all the same', async () => {
    const { code, error } = await runCommand(project, ['tail', '--url', 'http://127.0.0.1:9']);

    expect(code).toBe(2);
    expect(error).toContain('No application answers at http://127.0.0.1:9.');
  });
});
