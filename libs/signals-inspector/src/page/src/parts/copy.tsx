import { useState } from 'preact/hooks';

export function Copy({ text, children }: { text: () => string; children: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text());
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      <span role="status">{isCopied ? 'Copied' : children}</span>
    </button>
  );
}
