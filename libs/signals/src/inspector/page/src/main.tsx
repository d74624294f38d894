import '../tokens.css';
import './styles/base.css';
import './styles/timeline.css';
import './styles/pages.css';
import { render } from 'preact';
import { App } from './app.js';

const root = document.getElementById('app');
if (root) render(<App />, root);
