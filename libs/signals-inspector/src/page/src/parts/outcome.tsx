/** The word for an outcome; a lamp never speaks alone. */
export const WORDS: Readonly<Record<string, string>> = {
  ok: 'ok',
  running: 'running',
  pending: 'waiting',
  failed: 'failed',
  'failed-isolated': 'failed, caller unaffected',
  'failed-aborted': 'failed, caller undone',
  dropped: 'dropped',
  'rolled-back': 'rolled back',
  unknown: 'outcome unknown',
};

const LOOKS: Readonly<Record<string, string>> = {
  failed: 'failed-aborted',
  'rolled-back': 'failed-aborted',
  running: 'pending',
  unknown: 'failed-isolated',
};

export function lookOf(outcome: string): string {
  return LOOKS[outcome] ?? outcome;
}

/** A lamp whose shape differs as well as its colour. */
export function Lamp({ outcome }: { outcome: string }) {
  const look = lookOf(outcome);
  return (
    <svg class={`lamp is-${look}`} viewBox="0 0 12 12" aria-hidden="true">
      {look === 'failed-aborted' && <path d="M2.5 2.5l7 7m0-7l-7 7" class="stroke" />}
      {look === 'failed-isolated' && <path d="M6 1.2 11.2 10.6H.8z" class="fill" />}
      {look === 'dropped' && <path d="M1.5 6h9" class="stroke" />}
      {look === 'pending' && <circle cx="6" cy="6" r="4" class="ring" />}
      {look === 'skipped' && <circle cx="6" cy="6" r="2" class="fill" />}
      {look === 'ok' && <circle cx="6" cy="6" r="4.2" class="fill" />}
    </svg>
  );
}

export function Badge({ look, children }: { look: string; children: preact.ComponentChildren }) {
  return <span class={`badge is-${look}`}>{children}</span>;
}
