import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { synthesize } from '../../../local/synthesize.ts';

/** A synthesized stack, and what it gives the function in question. */
export interface Assembly extends AsyncDisposable {
  readonly directory: string;
  readonly memoryBytes: number;
}

/** Those that read uploads. */
const READERS = /^(AcceptUpload|RegisterAsset|UploadChunks)/;

const template = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});
const lambda = z.looseObject({
  Properties: z.looseObject({
    MemorySize: z.number(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

/**
 * Synthesizes the stack as it would be deployed, but that the functions that read uploads find S3 at
 * `s3Url`. The local cloud sets that address itself, last; so it is replaced as the process starts,
 * which leaves the bundles as they are.
 */
export async function assemble(s3Url: string): Promise<Assembly> {
  const folder = await mkdtemp(join(tmpdir(), 'reelbatch-large-upload-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const directory = join(folder, 'cdk.out');
    await synthesize(directory);
    const memoryBytes = await pointReaders(directory, s3Url);
    return { directory, memoryBytes, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function pointReaders(directory: string, s3Url: string): Promise<number> {
  const name = (await readdir(directory)).find((it) => it.endsWith('.template.json')) ?? '';
  const path = join(directory, name);
  const stack = template.parse(JSON.parse(await readFile(path, 'utf8')));
  let memoryBytes = 0;
  for (const [logicalId, resource] of Object.entries(stack.Resources)) {
    if (resource.Type !== 'AWS::Lambda::Function' || !READERS.test(logicalId)) continue;
    const { Properties } = lambda.parse(resource);
    const { Variables } = Properties.Environment;
    const preload = `data:text/javascript,process.env.AWS_ENDPOINT_URL_S3='${s3Url}'`;
    const Environment = { Variables: { ...Variables, NODE_OPTIONS: `--import=${preload}` } };
    Object.assign(resource, { Properties: { ...Properties, Environment } });
    if (logicalId.startsWith('UploadChunks')) memoryBytes = Properties.MemorySize * 1024 ** 2;
  }
  await writeFile(path, JSON.stringify(stack));
  return memoryBytes;
}
