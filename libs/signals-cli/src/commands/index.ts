export { deadCommand } from './dead.js';
export { explainCommand } from './explain.js';
export { graphCommand } from './graph.js';
export { lintCommand } from './lint.js';
export { listCommand } from './list.js';
export { showCommand } from './show.js';
export { tailCommand } from './tail.js';
export { traceCommand } from './trace.js';
