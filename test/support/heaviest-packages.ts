import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { STAND_INS } from '../../infra/stand-ins.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/;

/** The packages that take most of a function's bundle, heaviest first, with their bytes in it. */
export async function heaviestPackages(folder: string, most: number): Promise<[string, number][]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [`functions/${folder}/handler.ts`],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    alias: { ...STAND_INS },
    logLevel: 'error',
  });
  const bytesOf = new Map<string, number>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const name = PACKAGE.exec(file)?.[1] ?? 'our own files';
      bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...bytesOf].sort(([, a], [, b]) => b - a).slice(0, most);
}
