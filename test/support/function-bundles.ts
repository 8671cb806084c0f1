import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FunctionName, functionNames } from '../../infra/settings.ts';
import { readAssembly } from '../../local/cloud/assembly.ts';

/** One function of the synthesized stack, as it would be deployed. */
export interface FunctionBundle {
  /** Its folder in functions/. */
  readonly folder: FunctionName;
  readonly file: string;
  readonly bytes: number;
  readonly memoryMegabytes: number;
  /** Its variables; what only a deployment knows is a URL that leads nowhere. */
  readonly variables: Readonly<Record<string, string>>;
}

const NOWHERE = 'http://127.0.0.1:9/nowhere';

/** The functions in a cloud assembly, by the names of their folders. */
export async function functionBundles(assemblyDirectory: string): Promise<FunctionBundle[]> {
  const { template, assets } = await readAssembly(assemblyDirectory);
  const functions = Object.entries(template.Resources).filter(
    ([, { Type: type }]) => type === 'AWS::Lambda::Function',
  );
  const bundles = functions.map(async ([logicalId, { Properties: properties }]) => {
    const { S3Key: key } = properties['Code'] as { S3Key: string };
    const { Variables: given } = properties['Environment'] as { Variables: object };
    const file = join(assets.get(key) ?? '', 'index.js');
    const variables = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, textOf(value)]),
    );
    const folder = folderOf(logicalId);
    const memoryMegabytes = Number(properties['MemorySize']);
    const { size: bytes } = await stat(file);
    return { folder, file, bytes, memoryMegabytes, variables };
  });
  return (await Promise.all(bundles)).sort((a, b) => a.folder.localeCompare(b.folder));
}

/** A value of the template, as far as it says what it is. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: readonly [string, readonly unknown[]] };
  return join ? join[1].map(textOf).join(join[0]) : NOWHERE;
}

/** The folder of the function that CDK calls `logicalId`: `AcceptUploadFunctionB9B7E2A2`, say. */
export function folderOf(logicalId: string): FunctionName {
  const folder = functionNames.find((name) => logicalId.startsWith(inPascalCase(name)));
  if (!folder) throw new TypeError(`no folder in functions/ belongs to ${logicalId}`);
  return folder;
}

function inPascalCase(name: string): string {
  return name.replace(/(?:^|-)(.)/g, (_, first: string) => first.toUpperCase());
}
