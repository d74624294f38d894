import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compressed } from './compressed.js';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome123', 'firefox120', 'safari17.5'], // the first with light-dark()
    modulePreload: false, // there is one script
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    reportCompressedSize: false,
  },
  plugins: [compressed()],
});
