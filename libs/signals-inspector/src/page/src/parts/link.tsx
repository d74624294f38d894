import type { ComponentChildren, JSX } from 'preact';
import { addressOf } from '../api.js';
import { go } from '../routes.js';

interface LinkProps extends Omit<JSX.AnchorHTMLAttributes, 'href'> {
  readonly to: string;
  readonly children: ComponentChildren;
}

/** A link inside the inspector; with a key held down the browser does with it what it does. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(to);
  };
  const href = addressOf(to === '' ? '.' : to);
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  );
}
