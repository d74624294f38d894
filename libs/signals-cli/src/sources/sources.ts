import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type ts from 'typescript';
import { CommandError } from '../command.error.js';
import { compilerOf, type Compiler } from './compiler.js';

/** Where something stands, relative to the project's folder. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

const USUAL_SETTINGS = ['tsconfig.build.json', 'tsconfig.app.json', 'tsconfig.json'];
const TESTS = /(\.|-)(spec|test)\.[cm]?tsx?$|(^|\/)(test|tests|__tests__)\//;

/** The sources of an application, as its compiler understands them. */
export class Sources {
  readonly checker: ts.TypeChecker;
  readonly #packages = new Map<string, string | undefined>();

  private constructor(
    readonly ts: Compiler,
    readonly root: string,
    private readonly program: ts.Program,
  ) {
    this.checker = program.getTypeChecker();
  }

  /** @throws CommandError when there is no TypeScript, or no `tsconfig.json`. */
  static read(root: string, tsconfig: string | undefined): Sources {
    const compiler = compilerOf(root);
    const file = tsconfig
      ? resolve(root, tsconfig)
      : USUAL_SETTINGS.map((name) => join(root, name)).find(existsSync);
    if (!file || !existsSync(file)) {
      throw new CommandError(
        `There is no ${file ? relative(root, file) : 'tsconfig.json'}: name the one of the ` +
          'application with --tsconfig.',
      );
    }
    const host = { ...compiler.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
    const parsed = compiler.getParsedCommandLineOfConfigFile(file, {}, host);
    if (!parsed) throw new CommandError(`${relative(root, file)} cannot be read.`);
    const options = { ...parsed.options, noEmit: true, incremental: false };
    return new Sources(compiler, root, compiler.createProgram(parsed.fileNames, options));
  }

  /** The application's own files, without tests and declarations. */
  files(): readonly ts.SourceFile[] {
    return this.program.getSourceFiles().filter((file) => this.isOwn(file));
  }

  isOwn(file: ts.SourceFile): boolean {
    return (
      !file.isDeclarationFile &&
      !file.fileName.includes('/node_modules/') &&
      !TESTS.test(this.#relative(file.fileName)) &&
      this.packageOf(file) !== 'nestjs-signals'
    );
  }

  place(node: ts.Node): Place {
    const file = node.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    return { file: this.#relative(file.fileName), line: line + 1 };
  }

  lines(file: string): readonly string[] {
    const source = this.program.getSourceFile(join(this.root, file));
    return source?.text.split(/\r?\n/) ?? [];
  }

  /** The name of the package that a file belongs to; of `@types/x`, the package that it describes. */
  packageOf(file: ts.SourceFile): string | undefined {
    return this.#packageOfFolder(dirname(file.fileName));
  }

  /** What a name means in the end, whatever it was imported as. */
  symbolAt(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.ts.isShorthandPropertyAssignment(node.parent)
      ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.checker.getSymbolAtLocation(node);
    return symbol && symbol.flags & this.ts.SymbolFlags.Alias
      ? this.checker.getAliasedSymbol(symbol)
      : symbol;
  }

  #packageOfFolder(folder: string): string | undefined {
    const known = this.#packages.get(folder);
    if (known !== undefined || this.#packages.has(folder)) return known;
    const above = dirname(folder);
    const name = nameIn(folder) ?? (above === folder ? undefined : this.#packageOfFolder(above));
    this.#packages.set(folder, name);
    return name;
  }

  #relative(path: string): string {
    return relative(this.root, path).split(sep).join('/');
  }
}

function nameIn(folder: string): string | undefined {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string };
  return name?.replace(/^@types\/(?:(.+)__)?/, (_, scope?: string) => (scope ? `@${scope}/` : ''));
}
