import { describe, expect, it } from '@jest/globals';
import { sentenceOf, type Span, type Trace } from 'nestjs-signals-inspector';

type Told = Partial<Span> & Pick<Span, 'kind' | 'name'>;

const REQUEST = { method: 'POST', route: '/orders/:id/pay', handler: 'Payments.pay' };
const titleOf = ({ facts }: Trace): string | undefined =>
  facts['handler'] === 'Payments.pay' ? 'Paying an order' : undefined;

/** What is told of spans; `parent` counts them from 1, as 0 is the entry. */
function say(
  spans: readonly Told[],
  { entry = 'http', facts = REQUEST, outcome = 'ok' }: Partial<Trace & Pick<Span, 'outcome'>> = {},
): string {
  const told = [{ kind: 'entry', name: entry, outcome } as const, ...spans].map((span, id) => ({
    id,
    parent: id === 0 ? undefined : 0,
    start: 0,
    outcome: 'ok',
    depth: 0,
    isolated: false,
    notRun: [],
    receivers: [],
    ...span,
  }));
  return sentenceOf({ entry, facts, spans: told as readonly unknown[] } as Trace, titleOf);
}

const sent = (name: string, ...receivers: readonly string[]): Told => ({
  kind: 'signal',
  name,
  receivers,
});
const saved = (sender: string): Told => ({ kind: 'signal', name: 'model.postSave', sender });
const inside = (span: Told, transaction: number): Told => ({ ...span, transaction });
const JOB = {
  entry: 'job',
  facts: { receiver: 'mail.receipt', signal: 'billing.receiptIssued', attempt: 1 },
};

describe('The sentence of a request', () => {
  it('tells of signals, isolated failures and what waits', () => {
    const sentence = say([
      inside(sent('orderPaid', 'billing.issueReceipt', 'analytics.trackPaid'), 1),
      { kind: 'receiver', name: 'analytics.trackPaid', parent: 1, outcome: 'failed-isolated' },
      { kind: 'delivery', name: 'mail.receipt', parent: 1, outcome: 'pending' },
    ]);

    expect(sentence).toBe(
      'Paying an order sent orderPaid to two receivers inside one transaction; analytics.trackPaid ' +
        'failed without affecting the caller; mail.receipt was queued and is waiting.',
    );
  });

  it('tells what was saved, and counts rows where there are many kinds', () => {
    expect(say([saved('User'), saved('Order'), saved('Order')])).toBe(
      'Paying an order saved a User and Orders twice.',
    );
    expect(say(['A', 'B', 'C', 'D', 'D'].map(saved))).toBe(
      'Paying an order saved rows five times.',
    );
  });

  it('tells of bulk writes by the entity, and of those that passed receivers by', () => {
    const sentence = say([
      { kind: 'signal', name: 'model.postBulk', sender: 'User' },
      { kind: 'bypass', name: 'UPDATE of Order', receivers: ['audit.record'] },
    ]);

    expect(sentence).toBe(
      'Paying an order wrote in bulk to User; an UPDATE of Order passed audit.record by.',
    );
  });

  it('tells what receivers sent in turn', () => {
    const sentence = say([
      sent('orderPaid', 'billing.issue'),
      { kind: 'receiver', name: 'billing.issue', parent: 1 },
      { ...sent('receiptIssued'), parent: 2 },
    ]);

    expect(sentence).toBe(
      'Paying an order sent orderPaid to one receiver; billing.issue sent receiptIssued to nobody in turn.',
    );
  });

  it('tells what a rollback dropped, and what ran after it', () => {
    const sentence = say([
      { kind: 'transaction', name: 'transaction', outcome: 'rolled-back' },
      {
        kind: 'callback',
        name: 'mail',
        phase: 'afterCommit',
        outcome: 'dropped',
        reason: 'rolledBack',
      },
      { kind: 'callback', name: 'alarm', phase: 'afterRollback' },
    ]);

    expect(sentence).toBe(
      'Paying an order sent no signal; one transaction was rolled back, which dropped mail; alarm ran ' +
        'after the rollback.',
    );
  });

  it.each([
    ['pending', 'was queued and is waiting'],
    ['running', 'was queued and is running'],
    ['ok', 'was queued and has run'],
    ['failed-isolated', 'was queued and has failed'],
  ] as const)('tells of a delivery that is %s', (outcome, fate) => {
    const sentence = say([sent('a', 'mail'), { kind: 'delivery', name: 'mail', outcome }]);

    expect(sentence).toBe(`Paying an order sent a to one receiver; mail ${fate}.`);
  });

  it('calls a request without a title by its route', () => {
    expect(say([sent('a')], { facts: { method: 'GET', route: '/orders' } })).toBe(
      'GET /orders sent a to nobody.',
    );
  });
});

describe('The sentence of a job', () => {
  const ran: Told = { kind: 'receiver', name: 'mail.receipt' };

  it('begins with what it received, and tells what it did itself', () => {
    const sentence = say(
      [
        ran,
        { ...inside(saved('Receipt'), 1), parent: 1 },
        { ...inside(sent('mailed'), 1), parent: 1 },
      ],
      JOB,
    );

    expect(sentence).toBe(
      'mail.receipt received billing.receiptIssued, and saved a Receipt and sent mailed to nobody ' +
        'inside one transaction.',
    );
  });

  it('says at which attempt, and that it failed', () => {
    const facts = { ...JOB.facts, attempt: 2 };
    const failing: Told = { ...ran, outcome: 'failed-aborted' };

    expect(say([failing], { ...JOB, facts, outcome: 'failed' })).toBe(
      'mail.receipt received billing.receiptIssued at the second attempt, and failed.',
    );
  });

  it('needs nothing more where it sent nothing', () => {
    expect(say([ran], JOB)).toBe('mail.receipt received billing.receiptIssued.');
  });
});

describe('The sentence of what began without an entry', () => {
  it('names no request', () => {
    expect(say([sent('a', 'b')], { entry: 'background', facts: { name: 'a' } })).toBe(
      'Background work sent a to one receiver.',
    );
  });
});
