import { formats } from './format.js';

export function Time({ at, to = 'minute' }: { at: string; to?: keyof typeof formats }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={to === 'second' ? formats.minute.format(date) : undefined}>
      {formats[to].format(date)}
    </time>
  );
}
