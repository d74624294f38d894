import '../tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/marks.css';
import './styles/list.css';
import './styles/trace.css';
import './styles/waterfall.css';
import './styles/panel.css';
import './styles/pages.css';
import './styles/tables.css';
import './styles/map.css';
import './styles/mail.css';
import { render } from 'preact';
import { App } from './app.js';

const root = document.getElementById('app');
if (root) render(<App />, root);
