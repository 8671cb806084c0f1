// Runs before every script, on whatever Node the shell has, hence the old syntax. Says what is
// missing and what to do about it, where Node itself would print a stack trace.
'use strict';

var path = require('node:path');
var spawnSync = require('node:child_process').spawnSync;

function stop(problem) {
  console.error(
    'reelbatch: ' +
      problem +
      '\n' +
      'Run `npm ci --ignore-scripts=false`: Node 24 and esbuild come through install scripts.',
  );
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) !== 24) {
  stop('its scripts run on Node 24, and this is Node ' + process.versions.node + '.');
}

var esbuild = path.join(__dirname, '..', 'node_modules', 'esbuild', 'bin', 'esbuild');
if (spawnSync(esbuild, ['--version']).status !== 0) {
  stop('esbuild, which bundles the functions, is not there or does not run on this machine.');
}
