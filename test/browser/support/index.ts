export { pay, placeOrder, register, waitUntilPaid } from './customer.js';
export { findingsInBothThemes, findingsOn } from './findings.js';
export { newEmail, openShop, PASSWORD, STAFF, type VisitedShop } from './shop.js';
export { type Visitor } from './visitor.js';
