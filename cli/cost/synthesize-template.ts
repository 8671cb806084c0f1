import { readFileSync, rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { readConfig } from '../../infra/config.ts';
import { PipelineStack } from '../../infra/pipeline-stack.ts';
import type { CloudResource } from './cloud-resource.ts';

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()).default({}) });
const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/**
 * The template that would be deployed with the settings in cdk.json, but for the functions' code.
 */
export function synthesizeTemplate(): { Resources: Record<string, CloudResource> } {
  const file = new URL('../../cdk.json', import.meta.url);
  const { context } = cdkJson.parse(JSON.parse(readFileSync(file, 'utf8')));
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const config = readConfig(app.node);
  new PipelineStack(app, config.stackName, config);
  const assembly = app.synth();
  try {
    return template.parse(assembly.getStackByName(config.stackName).template);
  } finally {
    rmSync(assembly.directory, { recursive: true, force: true });
  }
}
