import type { Analysis } from '../../shared/analysis.ts';
import { awsQuery, type VideoRows } from '../read-video.ts';
import { printable } from './progress.ts';

/** Segments of one profile shown at most; the rest are counted. */
const SEGMENTS_SHOWN = 5;
const TEXT_SHOWN = 400;

/** What the table holds about the videos at the end, and the query that read it. */
export function report(videos: readonly VideoRows[], tableName: string, bucket: string): string {
  const example = videos.find(({ analyses }) => analyses.length > 0) ?? videos[0];
  return [
    `In DynamoDB, table ${tableName}:`,
    ...videos.map(videoText),
    ...(example
      ? [
          'Each of them was read with this one query, by its S3 key:',
          awsQuery(tableName, bucket, example.key),
        ]
      : []),
  ].join('\n\n');
}

function videoText(rows: VideoRows): string {
  const { key, video, analyses } = rows;
  if (!video) return `${printable(key)}\n  not in the table`;
  const facts = [
    video.durationSeconds !== undefined && `${video.durationSeconds.toFixed(1)} s`,
    video.widthPixels && `${video.widthPixels}x${video.heightPixels}`,
    video.assetId && `asset ${video.assetId}`,
  ].filter(Boolean);
  return [
    `${printable(key)}  ${[video.state, ...facts].join(', ')}`,
    ...(video.reason ? [`  ${video.reason.code}: ${printable(video.reason.message)}`] : []),
    ...analyses.flatMap((analysis) => analysisLines(analysis, rows)),
  ].join('\n');
}

function analysisLines(analysis: Analysis, { segments }: VideoRows): string[] {
  const { profile, state, batchId, usage, reason } = analysis;
  const tokens = usage ? `, ${usage.outputTokens} tokens out` : '';
  return [
    `  ${profile}: ${state}${batchId ? `, batch ${batchId}` : ''}${tokens}`,
    ...(state === 'failed' && reason ? [`    ${reason.code}: ${printable(reason.message)}`] : []),
    ...resultLines(analysis),
    ...segmentLines(segments.filter(({ definition }) => definition.startsWith(`${profile}/`))),
  ];
}

function resultLines({ result, archived }: Analysis): string[] {
  if (!result || 'segmentCount' in result) return [];
  if ('inArchive' in result) {
    const { inArchive, lengthBytes } = result;
    return [`    ${lengthBytes} bytes of ${inArchive} in the archive: ${archived?.archiveKey}`];
  }
  const text = 'text' in result ? result.text : JSON.stringify(result.json);
  return [`    ${printable(text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text)}`];
}

function segmentLines(segments: VideoRows['segments']): string[] {
  const shown = segments.slice(0, SEGMENTS_SHOWN).map((it) => {
    const span = `${it.startSeconds.toFixed(1)} to ${it.endSeconds.toFixed(1)} s`;
    return `    ${it.definition}  ${span}  ${printable(JSON.stringify(it.fields))}`;
  });
  const hidden = segments.length - shown.length;
  return hidden > 0 ? [...shown, `    … and ${hidden} more`] : shown;
}
