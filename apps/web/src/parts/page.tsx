import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let isFirst = true;

/**
 * What one address shows. Its heading takes the focus when a person comes here from another page, so that a screen
 * reader tells where they are; the first page is announced by the browser.
 */
export function Page({
  title,
  subject,
  lead,
  sign,
  wide,
  children,
}: {
  title: string;
  /** What the page is about, as in "Order O-2026-000001". */
  subject?: string | undefined;
  lead?: ComponentChildren;
  /** Stands with the heading on a sign. */
  sign?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${subject ? `${title} ${subject}` : title} · The shop`;
  }, [title, subject]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  const head = (
    <h1 tabIndex={-1} ref={heading}>
      {title} {subject && <span class="whole">{subject}</span>}
    </h1>
  );
  return (
    <div class={wide ? 'page' : 'page narrow'}>
      {sign ? (
        <div class="sign">
          {head}
          {sign}
        </div>
      ) : (
        head
      )}
      {lead && <p class="lead">{lead}</p>}
      {children}
    </div>
  );
}
