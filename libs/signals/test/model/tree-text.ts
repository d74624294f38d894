import { isByHand, type Plan, type Step, type StepOf } from './step.js';

/** A tree as a program, for people. */
export function textOf(steps: readonly Step[], indent = ''): string {
  return steps.map((step) => linesOf(step, indent)).join('');
}

function linesOf(step: Step, indent: string): string {
  const [before, after] = wordsOf(step);
  const line = `${indent}${before}`;
  const label = ` // ${step.label}\n`;
  if ('body' in step)
    return `${line}${label}${textOf(step.body, `${indent}  `)}${indent}${after}\n`;
  if (step.do === 'save') return `${line}${label}${plansOf(step.plans, indent)}`;
  if (step.do === 'send') return `${line}${label}${plansOf([step.plan], indent)}`;
  return `${line}${label}`;
}

/** What a step is called before, and after, the steps in it. */
function wordsOf(step: Step): readonly [string, string?] {
  switch (step.do) {
    case 'fail':
      return [`throw failure('${step.label}');`];
    case 'attempt':
      return ['try {', '} catch {}'];
    case 'note':
      return [`await ${step.on}.insert(note);`];
    case 'sqlError':
      return [`await ${step.on}.query('SELECT 1 / 0');`];
    case 'doom':
      return [`await ${step.on}.query('INSERT INTO dooms VALUES (1), (1)');`];
    case 'rollback':
      return [`await ${step.on}.query('ROLLBACK');`];
    case 'savepoint':
      return [`await ${step.on}.query('SAVEPOINT ${step.name}');`];
    case 'rollbackTo':
      return [`await ${step.on}.query('ROLLBACK TO ${step.name}');`];
    case 'release':
      return [`await ${step.on}.query('RELEASE ${step.name}');`];
    case 'kill':
      return [`await ${step.on}.terminate(${step.from === 'inside' ? 'itself' : 'fromOutside'});`];
    case 'bracket':
      return [
        `{ await ${step.on}.query('SAVEPOINT ${step.name}');`,
        `await ${step.on}.query('${step.end === 'release' ? 'RELEASE' : 'ROLLBACK TO'} ${step.name}'); }`,
      ];
    case 'begin':
      return [
        `{ await ${step.on}.query('BEGIN');`,
        `await ${step.on}.query('${step.end.toUpperCase()}'); }`,
      ];
    case 'runner':
      return [`{ ${step.on} = ${step.on}.createQueryRunner();`, `await ${step.on}.release(); }`];
    case 'level':
      return levelWords(step);
    case 'visit':
      return [`guest.attachOrClose(${step.on});`];
    case 'restart':
      return RESTARTS[step.how](step.on);
    case 'parallel':
      return [`await atomic(${step.on}, () => Promise.${step.until}([`, ']));'];
    case 'callback':
      return [
        `${step.via === 'context' ? 'context.' : ''}on${step.event === 'commit' ? 'Commit' : 'Rollback'}(async () => {`,
        `}${optionsOf(step)});`,
      ];
    case 'save':
      return [`await ${step.on}.save(${step.plans.map(() => 'new Thing()').join(', ')});`];
    case 'send':
      return [`await ${step.robust ? 'sendRobust' : 'send'}(happened);`];
  }
}

const RESTARTS: Record<StepOf<'restart'>['how'], (on: string) => readonly [string, string]> = {
  again: (on) => [`{ await ${on}.destroy(); await ${on}.initialize();`, '}'],
  attachedBefore: (on) => [
    `{ ${on} = new DataSource(); host.attach(${on}); await ${on}.initialize();`,
    '}',
  ],
  attachedAfter: (on) => [
    `{ ${on} = new DataSource(); await ${on}.initialize();`,
    `host.attach(${on}); }`,
  ],
};

const ENDS = {
  byHand: 'commitTransaction()',
  byCommit: "query('COMMIT')",
  byRollback: "query('ROLLBACK')",
};

function levelWords({ on, how }: StepOf<'level'>): readonly [string, string] {
  if (isByHand(how)) return [`{ await ${on}.startTransaction();`, `await ${on}.${ENDS[how]}; }`];
  return [
    how === 'atomic'
      ? `await atomic(${on}, async () => {`
      : `await ${on}.transaction(async () => {`,
    '});',
  ];
}

function optionsOf({ via, on, key }: StepOf<'callback'>): string {
  const options = [
    ...(via === 'manager' ? [`manager: ${on}`] : []),
    ...(key ? [`dedupeKey: '${key}'`] : []),
  ];
  return options.length > 0 ? `, { ${options.join(', ')} }` : '';
}

function plansOf(plans: readonly Plan[], indent: string): string {
  return plans
    .flatMap((plan, index) =>
      Object.entries(plan).map(
        ([name, steps]) =>
          `${indent}  receiver ${name}${plans.length > 1 ? ` of the ${index ? 'second' : 'first'}` : ''}: {\n` +
          `${textOf(steps, `${indent}    `)}${indent}  }\n`,
      ),
    )
    .join('');
}
