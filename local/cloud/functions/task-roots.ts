import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CloudError } from '../cloud-error.ts';
import type { FunctionPlan } from '../resources/functions.ts';

/**
 * A folder of its own for each function's code, as on Lambda: away from any project, so that a
 * bundle finds neither a `package.json` nor a `node_modules` that it did not bring itself.
 */
export class TaskRoots {
  readonly #directory: string;
  /** For a host that ends without stopping its cloud. */
  readonly #removeAtExit = () => rmSync(this.#directory, { recursive: true, force: true });

  private constructor(directory: string) {
    this.#directory = directory;
    process.once('exit', this.#removeAtExit);
  }

  static async create(): Promise<TaskRoots> {
    return new TaskRoots(await mkdtemp(path.join(tmpdir(), 'reelbatch-functions-')));
  }

  /** Copies the function's code; `assemblyDirectory` is where all bundles are. */
  async add(plan: FunctionPlan, assemblyDirectory: string): Promise<string> {
    const { assetDirectory, logicalId } = plan;
    const inside = path.relative(path.resolve(assemblyDirectory), assetDirectory);
    if (inside.startsWith('..') || path.isAbsolute(inside)) {
      // What CDK writes when bundling is off: the whole project as the code.
      throw new CloudError(`${logicalId}: its code was not bundled: synthesize the app again`);
    }
    const asset = await stat(assetDirectory).catch(() => undefined);
    if (!asset?.isDirectory()) {
      throw new CloudError(`${logicalId}: its code, ${assetDirectory}, is no folder`);
    }
    const root = path.join(this.#directory, logicalId);
    await cp(assetDirectory, root, { recursive: true });
    return root;
  }

  async remove(): Promise<void> {
    process.off('exit', this.#removeAtExit);
    await rm(this.#directory, { recursive: true, force: true });
  }
}
