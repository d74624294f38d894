import type { QueryRunner } from 'typeorm';

/** What is used of a connection of node-postgres: it tells of each statement that was answered. */
interface Protocol {
  on(event: 'commandComplete', listener: (message: { readonly text: string }) => void): void;
  off(event: 'commandComplete', listener: (message: { readonly text: string }) => void): void;
}

interface Watching {
  readonly commands: string[];
  stop(): void;
}

const WATCHING = Symbol('nestjs-signals.answeredCommands');

type WatchedRunner = QueryRunner & {
  [WATCHING]?: Watching | undefined;
  readonly databaseConnection?: { readonly connection?: Partial<Protocol> };
};

/**
 * Notes the statements of a text as they are answered, because of a text that fails in the middle
 * node-postgres tells the error alone, and those before it may have ended the transaction.
 */
export function watchCommands(queryRunner: WatchedRunner): void {
  const { connection } = queryRunner.databaseConnection ?? {};
  if (!isProtocol(connection)) return;
  const commands: string[] = [];
  const note = ({ text }: { readonly text: string }) =>
    void commands.push(text.split(' ')[0] ?? '');
  queryRunner[WATCHING]?.stop();
  connection.on('commandComplete', note);
  queryRunner[WATCHING] = { commands, stop: () => connection.off('commandComplete', note) };
}

/** What was answered since, once; undefined when nobody knows. */
export function answeredCommands(queryRunner: WatchedRunner): readonly string[] | undefined {
  const watching = queryRunner[WATCHING];
  queryRunner[WATCHING] = undefined;
  watching?.stop();
  return watching?.commands;
}

function isProtocol(connection: Partial<Protocol> | undefined): connection is Protocol {
  return typeof connection?.on === 'function' && typeof connection.off === 'function';
}
