import type { Entry } from './rounds.ts';
import type { CollectorTook } from './world.ts';

/** What was lost, or came wrong, in the collections of one entry: in words. */
export function brokenIn(entry: Entry<CollectorTook> | undefined): string[] {
  return (entry?.rounds ?? []).flatMap(({ wrong, wrongObjects, objects }, round) => {
    const where = `collector, ${entry?.name}, round ${round + 1}`;
    return [
      ...(wrong > 0 ? [`${where}: ${wrong} lines wrong or lost`] : []),
      ...(wrongObjects > 0 || objects !== 1
        ? [`${where}: the archive holds ${objects} objects, ${wrongObjects} not as sent`]
        : []),
    ];
  });
}
