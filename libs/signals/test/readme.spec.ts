import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import ts from 'typescript';
import * as root from 'nestjs-signals';
import * as durable from 'nestjs-signals/durable';
import * as integration from 'nestjs-signals/integration';
import * as inspector from 'nestjs-signals-inspector';
import * as nats from 'nestjs-signals/nats';
import * as testing from 'nestjs-signals/testing';
import * as typeorm from 'nestjs-signals/typeorm';
import { createDatabase } from '../../../test/support/database.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PACKAGE = join(ROOT, 'libs/signals/');
const README = join(PACKAGE, 'README.md');
const PAGES = join(PACKAGE, 'docs');
/** Those that link to each other. */
const PACKAGES = ['', '-inspector', '-cli'].map((name) => join(ROOT, `libs/signals${name}/`));

/** Errors that the pages name and that are not the library's. */
const FOREIGN = new Set(['AggregateError', 'Error', 'QueryFailedError', 'TypeError']);

describe('The example in the README', () => {
  let folder: string;
  let file: string;
  let code: string;

  beforeAll(async () => {
    code = /```ts\n([^]*?)```/.exec(await readFile(README, 'utf8'))?.[1] ?? '';
    // A folder with a dot is no part of the project, which is checked while this runs.
    folder = await mkdtemp(join(HERE, '.readme-'));
    file = join(folder, 'thirty-lines.ts');
    await writeFile(file, code);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('prints what its comments say', async () => {
    const printed: unknown[] = [];
    jest.spyOn(console, 'log').mockImplementation((text) => void printed.push(text));
    const database = await createDatabase();
    process.env.DATABASE_URL = database.url;
    Logger.overrideLogger(['error']);
    // Nest ends the process when an application cannot start.
    jest.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('The example could not start.');
    });
    try {
      await import(file);
    } finally {
      jest.restoreAllMocks();
      await database.drop();
    }

    const said = [...code.matchAll(/→ ([^→\n]*)/g)].map(([, text = '']) => text.trim());
    expect(said).not.toEqual([]);
    expect(printed).toEqual(said);
  });

  it('fits the types of the library', () => {
    const read = (path: string) => ts.sys.readFile(path);
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), read) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
    const program = ts.createProgram([file], { ...options, noEmit: true });

    const complaints = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

    expect(complaints).toEqual([]);
  });
});

describe('The pages about signals', () => {
  let pages: ReadonlyMap<string, string>;

  beforeAll(async () => {
    const pagesOf = async (folder: string) => {
      const names = (await readdir(join(folder, 'docs'))).filter((name) => name.endsWith('.md'));
      return [join(folder, 'README.md'), ...names.map((name) => join(folder, 'docs', name))];
    };
    const read = async (path: string) => [path, await readFile(path, 'utf8')] as const;
    const paths = (await Promise.all(PACKAGES.map(pagesOf))).flat();
    pages = new Map(await Promise.all(paths.map(read)));
  });

  it('are all in the index', () => {
    const index = pages.get(join(PAGES, 'README.md')) ?? '';
    const missing = [...pages.keys()]
      .filter((path) => basename(path) !== 'README.md')
      .filter((path) => !index.includes(`(${relative(PAGES, path)})`));

    expect(missing).toEqual([]);
  });

  it('link to pages that exist and are packed with one of the packages', () => {
    const broken = [...pages].flatMap(([path, text]) =>
      [...text.matchAll(/\]\(([^)#:]+\.md)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => join(path, '..', target))
        .filter(
          (target) => !existsSync(target) || !PACKAGES.some((each) => target.startsWith(each)),
        ),
    );

    expect(broken).toEqual([]);
  });

  it('name errors that exist', () => {
    const exported = new Set(
      [root, integration, durable, inspector, nats, testing, typeorm].flatMap(Object.keys),
    );
    const unknown = [...pages.values()]
      .flatMap((text) => text.match(/\b[A-Z]\w*Error\b/g) ?? [])
      .filter((name) => !exported.has(name) && !FOREIGN.has(name));

    expect(unknown).toEqual([]);
  });
});
