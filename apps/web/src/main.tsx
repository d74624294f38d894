import './styles/index.css';
import { render } from 'preact';
import { App } from './app.js';

function start(): void {
  const root = document.querySelector('#app');
  if (root) render(<App />, root);
}

// The header that came with the document is painted first. Where nobody looks, no frame is drawn to wait for.
if (document.hidden) start();
else requestAnimationFrame(() => setTimeout(start));
