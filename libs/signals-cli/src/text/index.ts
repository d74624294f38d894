export { count } from './plural.js';
export { coloured, paintFor, plain, type Paint, type Style } from './styles.js';
export { table, type Column } from './table.js';
