import { connectedTwice } from './connected-twice.js';
import { cycle } from './cycle.js';
import { leavesInTransaction } from './leaves-in-transaction.js';
import { neverHeard } from './never-heard.js';
import { noStableId } from './no-stable-id.js';
import { passedBy } from './passed-by.js';
import { refusedDeclaration } from './refused-declaration.js';
import { sentToNobody } from './sent-to-nobody.js';
import { undecidedFailure } from './undecided-failure.js';
import { undecidedOrder } from './undecided-order.js';
import { undeclaredEffect } from './undeclared-effect.js';

/** Those that the application and its sources are enough for. */
export const RULES = [
  refusedDeclaration,
  connectedTwice,
  noStableId,
  sentToNobody,
  neverHeard,
  leavesInTransaction,
  undecidedFailure,
  cycle,
  undecidedOrder,
  undeclaredEffect,
  passedBy,
];
