import type { Paint, Style } from './styles.js';

export interface Column<Row> {
  readonly title: string;
  readonly style?: Style;
  text(row: Row): string;
}

/** Columns as wide as what is in them. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  paint: Paint,
): string {
  const widths = columns.map((column) =>
    Math.max(column.title.length, ...rows.map((row) => column.text(row).length)),
  );
  const line = (texts: readonly string[], styles: readonly (Style | undefined)[]): string =>
    texts
      .map((text, at) => {
        const padding = at < texts.length - 1 ? ' '.repeat((widths[at] ?? 0) - text.length) : '';
        const style = styles[at];
        return (style ? paint(style, text) : text) + padding;
      })
      .join('  ')
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      columns.map(() => 'bold'),
    ),
    ...rows.map((row) =>
      line(
        columns.map((column) => column.text(row)),
        columns.map(({ style }) => style),
      ),
    ),
  ].join('\n');
}
