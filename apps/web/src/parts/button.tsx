import type { ButtonHTMLAttributes } from 'preact';

interface Props extends ButtonHTMLAttributes {
  /** Says what is going on in place of the label; a second press does nothing meanwhile. */
  readonly busy?: string | false | undefined;
  readonly kind?: 'main' | 'quiet';
}

/** Never disabled: whoever presses it learns what is missing, and the focus stays where it is. */
export function Button({
  busy,
  kind = 'main',
  children,
  onClick,
  type = 'button',
  ...rest
}: Props) {
  return (
    <button
      {...rest}
      type={busy ? 'button' : type}
      class={kind === 'main' ? 'button' : 'button quiet'}
      aria-disabled={busy ? true : undefined}
      onClick={busy ? undefined : onClick}
    >
      {busy ? <span class="busy">{busy}</span> : children}
    </button>
  );
}
