#!/usr/bin/env node
// Here, and not in dist, so that npm finds it in a checkout whose library is not built yet.
import { existsSync } from 'node:fs';

const command = new URL('../dist/main.js', import.meta.url);
if (existsSync(command)) {
  await import(command.href);
} else {
  console.error('The command is not built here yet: npm run build:signals');
  process.exitCode = 2;
}
