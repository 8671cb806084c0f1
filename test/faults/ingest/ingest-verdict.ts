import type { Video } from '../../../shared/video.ts';
import type { CreatesWatch } from './creates-watch.ts';
import type { IngestPipeline } from './ingest-pipeline.ts';
import type { WrittenUpload } from './written-uploads.ts';

/** A count that has to be 0, what it counts, and what the first of them is. */
interface Breach {
  readonly what: string;
  readonly count: number;
  readonly first?: string | undefined;
}

/** What a campaign of uploads came to. */
export interface IngestVerdict {
  /** Keys whose newest upload is a video. */
  readonly accepted: number;
  readonly assetsOfNewest: number;
  readonly assetsOfReplaced: number;
  readonly rejected: number;
  readonly mostInAMinute: number;
  readonly breaches: readonly Breach[];
}

/** Holds what the table, the queues and the provider say against what lies in the bucket. */
export async function judgeIngest(
  ingest: IngestPipeline,
  written: readonly WrittenUpload[],
  creates: CreatesWatch,
  perMinute: number,
): Promise<IngestVerdict> {
  const rows = new Map((await ingest.videos()).map((row) => [row.key, row]));
  const assets = Map.groupBy(ingest.box.assets(), ({ filename }) => filename.replace(/\..*/, ''));
  const videos = written.filter(({ content }) => content === 'video');
  const others = written.filter(({ content }) => content !== 'video');
  const sizes = ({ videoId }: WrittenUpload) => (assets.get(videoId) ?? []).map(({ size }) => size);
  const is = (upload: WrittenUpload, state: Video['state']) => {
    const row = rows.get(upload.key);
    return row?.state === state && row.etag === upload.etag;
  };
  const overMinute = Math.max(0, creates.mostInAMinute() - perMinute);
  const breach = (what: string, found: readonly WrittenUpload[]): Breach => ({
    what,
    count: found.length,
    first: found[0] && inWords(found[0], rows.get(found[0].key)),
  });
  return {
    accepted: videos.length,
    assetsOfNewest: videos.reduce((sum, it) => sum + sizes(it).length, 0),
    assetsOfReplaced: ingest.box.assets().length - written.flatMap(sizes).length,
    rejected: others.filter((it) => is(it, 'rejected')).length,
    mostInAMinute: creates.mostInAMinute(),
    breaches: [
      breach(
        'videos without an asset',
        videos.filter((it) => sizes(it).length === 0),
      ),
      breach(
        'assets of other bytes',
        videos.filter((it) => !sizes(it).every((size) => size === it.sizeBytes)),
      ),
      breach(
        'videos not admitted',
        videos.filter((it) => !is(it, 'admitted')),
      ),
      breach(
        'other objects not rejected',
        others.filter((it) => !is(it, 'rejected')),
      ),
      breach(
        'other objects with an asset',
        others.filter((it) => sizes(it).length > 0),
      ),
      doubled(assets),
      { what: 'rows of no object', count: rows.size - written.length },
      { what: 'messages left', count: await ingest.queued() },
      { what: 'dead letters', count: await ingest.deadLetters() },
      { what: 'creates refused by the provider', count: creates.refused() },
      { what: 'creates over the limit of a minute', count: overMinute },
    ],
  };
}

function doubled(assets: ReadonlyMap<string, readonly unknown[]>): Breach {
  const found = [...assets].filter(([, same]) => same.length > 1);
  const [name, same] = found[0] ?? [];
  const first = name && `${name}: ${same?.length}`;
  return { what: 'filenames with several assets', count: found.length, first };
}

function inWords({ key, videoId, content }: WrittenUpload, row: Video | undefined): string {
  const { state = 'no row', stage = '', attempt = 0, reason } = row ?? {};
  return `${key} (${content}, ${videoId}): ${state} ${stage} ${attempt} ${reason?.code ?? ''}`;
}

/** A line for each fact, and for each count that has to be 0. */
export function verdictRows(verdict: IngestVerdict): [string, number][] {
  const { accepted, assetsOfNewest, assetsOfReplaced, rejected, mostInAMinute } = verdict;
  return [
    ['objects accepted', accepted],
    ['assets of the newest upload', assetsOfNewest],
    ['assets of uploads since replaced', assetsOfReplaced],
    ['objects rejected', rejected],
    ['most creates in any 60 s', mostInAMinute],
    ...verdict.breaches.map(({ what, count }): [string, number] => [what, count]),
  ];
}

/** The counts that are not 0, in words. */
export function brokenBy({ breaches }: IngestVerdict): string[] {
  return breaches
    .filter(({ count }) => count !== 0)
    .map(({ what, count, first }) => `${count} ${what}${first ? `, the first ${first}` : ''}`);
}
