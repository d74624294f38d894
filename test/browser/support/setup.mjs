export { startChromium as default } from './chromium-server.mjs';
