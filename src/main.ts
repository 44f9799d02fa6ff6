#!/usr/bin/env node
import { lazyPrograms } from './cli/programs.js';
import { runCli } from './cli/run-cli.js';
import { processTerminal } from './cli/terminal.js';

// `ballast server list | head` closes the pipe early: no fault of anyone.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const code = await runCli(process.argv.slice(2), { terminal: processTerminal(), programs: lazyPrograms() });
// Whatever still holds the event loop (a kept-alive connection) has no say any more.
process.exit(code);
