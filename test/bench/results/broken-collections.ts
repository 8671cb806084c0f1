import type { Entry } from './rounds.ts';
import type { CollectorTook } from './world.ts';

/** What was lost, or came wrong, in the collections of one entry: in words. */
export function brokenIn(entry: Entry<CollectorTook> | undefined): string[] {
  return (entry?.rounds ?? []).flatMap(({ wrong }, round) =>
    wrong > 0
      ? [`collector, ${entry?.name}, round ${round + 1}: ${wrong} lines wrong or lost`]
      : [],
  );
}
