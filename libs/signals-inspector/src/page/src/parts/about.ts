import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { About } from '../api.js';

export const AboutContext = createContext<About | undefined>(undefined);

export function useAbout(): About | undefined {
  return useContext(AboutContext);
}

/** The address that opens a file in the editor, where one is set up. */
export function editorAddress(about: About | undefined, site: string): string | undefined {
  const [, path = '', line = '1'] = /^(.*):(\d+)$/.exec(site) ?? [];
  if (!about?.editor || path === '') return undefined;
  const full = path.startsWith('/') ? path : `${about.directory}/${path}`;
  return about.editor.replace('{path}', full).replace('{line}', line);
}
