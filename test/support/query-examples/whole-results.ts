import { openStore } from '../../../cli/stack-access.ts';
import { createArchive } from '../../../shared/archive.ts';
import { resultsOf } from '../../../shared/results.ts';
import { createSegmentStore } from '../../../shared/store/segments.ts';

/** The answer of each profile that is ready, whole: `{text}`, `{json}` or `{segments}`. */
export async function answersOf(
  bucket: string,
  key: string,
  stack: { tableName: string; archiveName: string },
) {
  const { table, store } = openStore(stack.tableName);
  const segments = createSegmentStore(table);
  const archive = createArchive(stack.archiveName);
  const { analyses } = await resultsOf({ bucket, key }, { store, segments, archive });
  return new Map(analyses.map(({ profile, result }) => [profile, result]));
}
