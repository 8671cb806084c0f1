import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { messageOf } from '../shared/errors.ts';
import { parseProfiles } from '../shared/profile.ts';
import { readConfig } from './config.ts';
import { PipelineStack } from './pipeline-stack.ts';

const PROFILES_URL = new URL('../profiles.json', import.meta.url);

function readProfiles(): unknown {
  try {
    return JSON.parse(readFileSync(PROFILES_URL, 'utf8'));
  } catch (cause) {
    throw new Error(`profiles.json: ${messageOf(cause)}`, { cause });
  }
}

try {
  parseProfiles(readProfiles());
  const app = new App();
  const config = readConfig(app.node);
  new PipelineStack(app, config.stackName, config);
  app.synth();
} catch (error) {
  process.stderr.write(`reelbatch: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
