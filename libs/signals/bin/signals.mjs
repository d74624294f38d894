#!/usr/bin/env node
// Here, and not in dist, so that npm finds it in a checkout whose library is not built yet.
import '../dist/cli/main.js';
