import { editorAddress, useAbout } from './about.js';

/** A place in the sources; a link where an editor is set up, and something to copy otherwise. */
export function Site({ site }: { site: string }) {
  const address = editorAddress(useAbout(), site);
  return address ? (
    <a class="site" href={address}>
      {site}
    </a>
  ) : (
    <code class="site">{site}</code>
  );
}
