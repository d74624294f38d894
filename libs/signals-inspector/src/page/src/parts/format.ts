export function duration(ms: number | undefined): string {
  if (ms === undefined) return '…';
  if (ms < 0.1) return `${(ms * 1_000).toFixed(0)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(2)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

export function spoken(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} milliseconds` : `${(ms / 1_000).toFixed(1)} seconds`;
}

export function age(at: number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** `in 12 s`, or how long it has been due. */
export function until(at: number, now = Date.now()): string {
  return at > now ? `in ${age(now, at)}` : `due for ${age(at, now)}`;
}

export function tries(number: number): string {
  return `${number.toLocaleString('en')} ${number === 1 ? 'try' : 'tries'}`;
}

export function clock(at: number | string): string {
  return new Date(at).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

/** What a page says where the requests of an earlier start of the process would have been. */
export function restartWords(at: string): string {
  return `Restarted at ${clock(at)}; older requests are gone`;
}

export function many(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** Cut in the middle: beginnings and ends of names tell them apart. */
export function middle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor((longest - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
