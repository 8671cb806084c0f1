import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FunctionBundle } from '../../support/function-bundles.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What the kitchen sink is, for whoever reads the figures. */
export const KITCHEN_SINK = `Kitchen sink: the same handler.ts, bundled as CDK and esbuild do when
nobody says more (SDK inside, main before module, no stand-ins), and with what many projects import
besides: { z } of zod; the official twelvelabs-js, its client made, where the function talks to
TwelveLabs; @aws-sdk/lib-storage where it writes to the archive. It has no tracer, parser or
idempotency layer, which would make it heavier.`;

/** Writes the kitchen-sink build of a function into `folder`; returns the file. */
export async function buildKitchenSink(bundle: FunctionBundle, folder: string): Promise<string> {
  const outfile = join(folder, `${bundle.folder}.cjs`);
  await build({
    stdin: { contents: entryOf(bundle), resolveDir: ROOT, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['main', 'module'],
    minify: true,
    target: 'node24',
    logLevel: 'error',
  });
  return outfile;
}

function entryOf({ folder, variables }: FunctionBundle): string {
  const isClient = 'TWELVELABS_BASE_URL' in variables;
  const isArchivist = 'ARCHIVE_BUCKET_NAME' in variables;
  return [
    `export { handler } from './functions/${folder}/handler.ts';`,
    `import { z } from 'zod';`,
    `const sink: unknown[] = [z.string()];`,
    ...(isClient
      ? [
          `import { TwelveLabs } from 'twelvelabs-js';`,
          `sink.push(new TwelveLabs({ apiKey: 'tlk_bench' }));`,
        ]
      : []),
    ...(isArchivist
      ? [`import { Upload } from '@aws-sdk/lib-storage';`, `sink.push(Upload);`]
      : []),
    `export { sink };`,
  ].join('\n');
}
