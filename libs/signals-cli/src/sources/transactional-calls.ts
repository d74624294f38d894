import { calleeOf, type Callee } from './callee.js';
import type { DeferredEffect } from './effects.js';
import type { Sources } from './sources.js';
import type ts from 'typescript';

const PACKAGES =
  /^(nestjs-signals|typeorm|@nestjs-cls\/transactional|typeorm-transactional(-cls-hooked)?)$/;
const OPENING = /^(atomic|transaction|runInTransaction|wrapInTransaction|withTransaction)$/;
const DECORATORS = /^Transactional$/;
const DEFERRING: Readonly<Record<string, DeferredEffect['phase']>> = {
  onCommit: 'afterCommit',
  runOnTransactionCommit: 'afterCommit',
  onRollback: 'afterRollback',
  runOnTransactionRollback: 'afterRollback',
};

/** Whether transactions are the business of what is called, of this library or of another one. */
export function handlesTransactions({ package: from = '' }: Callee): boolean {
  return PACKAGES.test(from);
}

/** It runs what it is given in a transaction. */
export function opensTransaction({ name, owner }: Callee): boolean {
  return OPENING.test(name) || (owner === 'Transactions' && name === 'run');
}

/** When what it is given runs, if that waits for the end of a transaction. */
export function phaseDeferredTo({ name }: Callee): DeferredEffect['phase'] | undefined {
  return DEFERRING[name];
}

/** A method whose decorator puts it into a transaction. */
export function isTransactional(node: ts.FunctionLikeDeclaration, sources: Sources): boolean {
  const { ts } = sources;
  if (!ts.isMethodDeclaration(node)) return false;
  return (ts.getDecorators(node) ?? []).some(({ expression }) => {
    if (!ts.isCallExpression(expression)) return false;
    const callee = calleeOf(expression, sources);
    return DECORATORS.test(callee.name) && handlesTransactions(callee);
  });
}
