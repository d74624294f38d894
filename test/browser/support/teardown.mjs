export { stopChromium as default } from './chromium-server.mjs';
