import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../../local/synthesize.ts';
import { addVariables } from '../function-variables.ts';

/** A synthesized stack, and what it gives the function in question. */
export interface Assembly extends AsyncDisposable {
  readonly directory: string;
  readonly memoryBytes: number;
}

/** Those that read uploads. */
const READERS = /^(AcceptUpload|RegisterAsset|UploadChunks)/;

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
  let uploaderBytes = 0;
  const preload = `data:text/javascript,process.env.AWS_ENDPOINT_URL_S3='${s3Url}'`;
  await addVariables(directory, ({ logicalId, memoryBytes }) => {
    if (logicalId.startsWith('UploadChunks')) uploaderBytes = memoryBytes;
    return READERS.test(logicalId) ? { NODE_OPTIONS: `--import=${preload}` } : {};
  });
  return uploaderBytes;
}
