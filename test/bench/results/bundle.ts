import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The programs that are measured, by the names of their files. */
export const programs = [
  'our-reader',
  'sdk-reader',
  'naive-collector',
  'batch-write-collector',
  'our-collector',
] as const;

export type Program = (typeof programs)[number];

/** The programs as single files. */
export interface Bundles extends AsyncDisposable {
  readonly pathOf: (program: Program) => string;
}

/**
 * Bundles each program as the stack bundles its functions: else Node's stripping of types would be a
 * part of what is measured, and take as much memory as the work.
 */
export async function bundlePrograms(): Promise<Bundles> {
  const folder = await mkdtemp(join(tmpdir(), 'reelbatch-bench-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await build({
      entryPoints: programs.map((name) =>
        fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url)),
      ),
      outdir: folder,
      outExtension: { '.js': '.cjs' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      minify: true,
      target: 'node24',
      logLevel: 'error',
    });
    const pathOf = (program: Program) => join(folder, `${program}.cjs`);
    return { pathOf, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
