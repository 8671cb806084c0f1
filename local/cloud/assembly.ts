import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { CloudError } from './cloud-error.ts';
import { type Template, templateSchema } from './template/template.ts';

const STACK = 'aws:cloudformation:stack';

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .default({}),
    }),
  ),
});

const assetsSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/** One synthesized stack: what `cdk synth` writes. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Folders of function code by the object keys that the template knows them by. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Reads a cloud assembly (a `cdk.out`) that has one stack. */
export async function readAssembly(directory: string): Promise<Assembly> {
  const manifest = await readJson(path.join(directory, 'manifest.json'), manifestSchema);
  const artifacts = Object.entries(manifest.artifacts);
  const [stack, ...others] = artifacts.filter(([, { type }]) => type === STACK);
  if (!stack || others.length > 0) {
    throw new CloudError(`${directory} has ${others.length + (stack ? 1 : 0)} stacks: need one`);
  }
  const [artifactId, { properties }] = stack;
  const templateFile = properties.templateFile ?? `${artifactId}.template.json`;
  const assets = new Map<string, string>();
  for (const [, artifact] of artifacts) {
    if (artifact.type !== 'cdk:asset-manifest' || !artifact.properties.file) continue;
    const file = path.join(directory, artifact.properties.file);
    const { files } = await readJson(file, assetsSchema);
    for (const { source, destinations } of Object.values(files)) {
      for (const { objectKey } of Object.values(destinations)) {
        assets.set(objectKey, path.resolve(directory, source.path ?? ''));
      }
    }
  }
  return {
    stackName: properties.stackName ?? artifactId,
    template: await readJson(path.join(directory, templateFile), templateSchema),
    assets,
  };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  if (!existsSync(file)) {
    throw new CloudError(`${file} is missing: synthesize the app first (npm run synth)`);
  }
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new CloudError(`${file} is not what a cloud assembly has there`, { cause: error });
  }
}
