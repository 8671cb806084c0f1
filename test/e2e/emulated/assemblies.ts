import { join } from 'node:path';
import { synthesizeTree } from './cdk.ts';
import { type PreviousVersion, ROOT, takePrevious } from './previous-version.ts';
import type { Surroundings } from './run-program.ts';

/** The synthesized apps of a run. */
export interface Assemblies {
  readonly current: string;
  /** Undefined where there is no history. */
  readonly previous: (PreviousVersion & { readonly assembly: string }) | undefined;
}

/** Synthesizes our own tree and that of an earlier commit, side by side, with the same settings. */
export async function synthesizeBoth(
  from: string | undefined,
  context: Readonly<Record<string, string>>,
  surroundings: Surroundings,
): Promise<Assemblies> {
  const { cwd } = surroundings;
  const current = join(cwd, 'current.out');
  const earlier = async () => {
    const version = await takePrevious(from, cwd, surroundings);
    if (!version) return undefined;
    const assembly = join(cwd, 'previous.out');
    await synthesizeTree(version.tree, assembly, context, surroundings);
    return { ...version, assembly };
  };
  const ours = synthesizeTree(ROOT, current, context, surroundings);
  const [previous] = await Promise.all([earlier(), ours]);
  return { current, previous };
}
