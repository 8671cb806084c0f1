import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const template = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});
const lambda = z.looseObject({
  Properties: z.looseObject({
    MemorySize: z.number(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

/** What a synthesized stack says of one function. */
export interface SynthesizedFunction {
  readonly logicalId: string;
  readonly memoryBytes: number;
}

/** Gives functions of a synthesized stack more variables; their bundles stay as they are. */
export async function addVariables(
  assemblyDirectory: string,
  variablesOf: (synthesized: SynthesizedFunction) => Readonly<Record<string, string>>,
): Promise<void> {
  const names = await readdir(assemblyDirectory);
  const path = join(assemblyDirectory, names.find((it) => it.endsWith('.template.json')) ?? '');
  const stack = template.parse(JSON.parse(await readFile(path, 'utf8')));
  for (const [logicalId, resource] of Object.entries(stack.Resources)) {
    if (resource.Type !== 'AWS::Lambda::Function') continue;
    const { Properties } = lambda.parse(resource);
    const memoryBytes = Properties.MemorySize * 1024 ** 2;
    const added = variablesOf({ logicalId, memoryBytes });
    const Environment = { Variables: { ...Properties.Environment.Variables, ...added } };
    Object.assign(resource, { Properties: { ...Properties, Environment } });
  }
  await writeFile(path, JSON.stringify(stack));
}
