export { dot } from './dot.js';
export { focusOn, graphOf, type Graph } from './graph.js';
export { markdown } from './markdown.js';
export { mermaid } from './mermaid.js';
export { svg } from './svg.js';
