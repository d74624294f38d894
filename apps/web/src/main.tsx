import '../../../libs/signals/src/inspector/page/tokens.css';
import './styles/base.css';
import { render } from 'preact';

const root = document.querySelector('#app');
if (root) render(<h1>The shop</h1>, root);
