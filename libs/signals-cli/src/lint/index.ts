export { lint } from './lint.js';
export { LOST_DELIVERIES, lostDeliveries } from './lost-deliveries.js';
export type { Report, ReportedFinding } from './report.js';
export type { Rule, Severity } from './rule.js';
export { RULES } from './rules/index.js';
export { STALE_MAP, staleMap } from './stale-map.js';
export { wrongSuppression } from './wrong-suppression.js';
