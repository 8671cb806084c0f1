import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const reading = z.object({
  /** The function's folder. */
  folder: z.string(),
  name: z.enum(['load', 'invoke']),
  wallMs: z.number(),
  /** Of all threads. */
  cpuMs: z.number(),
  /** The most that the process has had so far, Node's own share included. */
  peakBytes: z.number(),
});

/** What loading a function, or one invocation of it, took. */
export type Reading = z.infer<typeof reading>;

/** All that the probes noted in a folder, by function. */
export async function readingsIn(folder: string): Promise<Map<string, Reading[]>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const lines = texts.flatMap((text) => text.trimEnd().split('\n'));
  return Map.groupBy(
    lines.map((line) => reading.parse(JSON.parse(line))),
    (it) => it.folder,
  );
}
