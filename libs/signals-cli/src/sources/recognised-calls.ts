import type ts from 'typescript';
import { calleeOf, nameOfPlace, type Call, type Callee } from './callee.js';
import type { InstanceWrite, LeafEffect, Site } from './effects.js';
import type { EntityNames } from './entity-names.js';
import type { ExternalCalls } from './external-calls.js';
import type { SignalNames } from './signal-names.js';
import type { Sources } from './sources.js';
import type { TypeArguments } from './type-arguments.js';

const INSTANCE_WRITES: ReadonlySet<string> = new Set(['save', 'remove', 'softRemove', 'recover']);
const OTHER_WRITES: ReadonlySet<string> = new Set([
  'insert',
  'update',
  'updateAll',
  'upsert',
  'delete',
  'deleteAll',
  'softDelete',
  'restore',
  'increment',
  'decrement',
  'clear',
]);
const TELLING: ReadonlySet<string> = new Set([
  'send',
  'sendRobust',
  'query',
  'execute',
  ...INSTANCE_WRITES,
  ...OTHER_WRITES,
]);
const WRITERS = /^(EntityManager|Repository|TreeRepository|BaseEntity)$/;
const WRITING_BUILDER = /^(Insert|Update|Delete|SoftDelete)QueryBuilder$/;
const WRITING_SQL = /^\s*(insert\s+into|update|delete\s+from)\s+(?:only\s+)?"?(?:\w+"?\."?)?(\w+)/i;

/** Resolves an expression to the one that was given for it, where a function is known to be called with it. */
export type Given = (expression: ts.Expression) => ts.Expression;

/** Tells what one call by itself does to the world. */
export class RecognisedCalls {
  constructor(
    private readonly sources: Sources,
    private readonly names: SignalNames,
    private readonly entities: EntityNames,
    private readonly external: ExternalCalls,
  ) {}

  recognise(
    call: Call,
    callee: Callee,
    given: Given,
    types: TypeArguments,
  ): LeafEffect | undefined {
    if (callee.package === 'nestjs-signals') return this.#send(call, callee, given);
    if (callee.package === 'typeorm') return this.#write(call, callee, types);
    const external = this.external.recognise(callee);
    return external && { kind: 'external', ...external, ...this.#happening(call) };
  }

  /** Every call of the application's sources that sends a signal or writes. */
  all(): readonly LeafEffect[] {
    const found: LeafEffect[] = [];
    const visit = (node: ts.Node): void => {
      const { ts } = this.sources;
      // What a call means costs time to find out, what it is called does not.
      if (ts.isCallExpression(node) && TELLING.has(lastNameOf(node.expression, ts))) {
        const callee = calleeOf(node, this.sources);
        const effect = this.recognise(node, callee, (expression) => expression, new Map());
        if (effect) found.push(effect);
      }
      ts.forEachChild(node, visit);
    };
    for (const file of this.sources.files()) visit(file);
    return found;
  }

  #send(call: Call, { owner, name }: Callee, given: Given): LeafEffect | undefined {
    const isRobust = name === 'sendRobust';
    const [signal, , options] = call.arguments ?? [];
    if (owner !== 'Signals' || !(isRobust || name === 'send') || !signal) return undefined;
    return {
      kind: 'send',
      signal: this.names.of(given(signal)),
      sender: options ? this.names.ofSenderIn(given(options), given) : null,
      isRobust,
      ...this.#happening(call),
    };
  }

  #write(call: Call, { owner = '', name }: Callee, types: TypeArguments): LeafEffect | undefined {
    const { ts } = this.sources;
    const { expression } = call;
    const [first] = call.arguments ?? [];
    const on = ts.isPropertyAccessExpression(expression) ? expression.expression : undefined;
    const about = { kind: 'write', instances: undefined, table: undefined } as const;
    if (WRITERS.test(owner) && INSTANCE_WRITES.has(name)) {
      const entities = this.entities.writtenBy(on, first, types);
      const operation = name as InstanceWrite;
      return { ...about, operation, instances: operation, entities, ...this.#happening(call) };
    }
    if (WRITERS.test(owner) && OTHER_WRITES.has(name)) {
      const entities = this.entities.writtenBy(on, first, types);
      return { ...about, operation: name, entities, ...this.#happening(call) };
    }
    if (name === 'execute' && on) {
      const builder = this.sources.checker.getTypeAtLocation(on);
      const [, kind] = WRITING_BUILDER.exec(builder.symbol?.name ?? '') ?? [];
      if (!kind) return undefined;
      const operation = kind.charAt(0).toLowerCase() + kind.slice(1);
      const entities = this.entities.writtenBy(on, undefined, types);
      return { ...about, operation, entities, ...this.#happening(call) };
    }
    if (name !== 'query' || !first) return undefined;
    const [, statement, table] = WRITING_SQL.exec(beginningOf(first, ts)) ?? [];
    if (!statement || !table) return undefined;
    const operation = statement.toUpperCase().replaceAll(/\s+/g, ' ');
    return { ...about, operation, entities: [], table, ...this.#happening(call) };
  }

  #happening(call: Call): { readonly site: Site; readonly isConditional: false } {
    const by = nameOfPlace(call, this.sources);
    return {
      site: { by, ...this.sources.place(nameNode(call, this.sources)) },
      isConditional: false,
    };
  }
}

/** A chain of calls over several lines stands where its last name is. */
function nameNode({ expression }: Call, { ts }: Sources): ts.Node {
  return ts.isPropertyAccessExpression(expression) ? expression.name : expression;
}

function lastNameOf(expression: ts.Expression, compiler: Sources['ts']): string {
  return compiler.isPropertyAccessExpression(expression) ? expression.name.text : '';
}

function beginningOf(expression: ts.Expression, compiler: Sources['ts']): string {
  if (compiler.isStringLiteralLike(expression)) return expression.text;
  return compiler.isTemplateExpression(expression) ? expression.head.text : '';
}
