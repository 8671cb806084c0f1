import * as z from 'zod';
import { describeIssues } from '../../shared/decode.ts';
import { isFinal } from '../../shared/lifecycle.ts';
import type { RowDue } from '../../shared/messages.ts';
import { VIDEO_SK, videoPk } from '../../shared/store/keys.ts';
import type { Row } from '../../shared/store/row-reader.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Upload } from '../../shared/video.ts';
import { awsWords } from '../aws-words.ts';
import type { DeadLetter } from './dead-letter.ts';
import { readLetter, type Subject } from './read-letter.ts';

/**
 * What is to be thought of a letter: somebody waits for it, or nobody does, or its consumer can't read
 * it. What can't be found out counts as needed.
 */
export type LetterKind = 'needed' | 'superfluous' | 'unreadable';

/** A letter with what became of its matter. */
export interface JudgedLetter {
  readonly letter: DeadLetter;
  readonly kind: LetterKind;
  /** A line for each thing that it is about. */
  readonly words: readonly string[];
}

type Judgement = { readonly kind: LetterKind; readonly words: string };
type Reader = Pick<Store, 'read' | 'batchOfProvider'>;

/** Looks up what became of what a letter is about; why its consumer failed, only the logs know. */
export async function judgeLetter(letter: DeadLetter, store: Reader): Promise<JudgedLetter> {
  const reading = readLetter(letter.queue, letter.body);
  if ('unreadableBecause' in reading) {
    const words = [`the message can't be read: ${reading.unreadableBecause}`];
    return { letter, kind: 'unreadable', words };
  }
  const all: Judgement[] = [];
  for (const subject of reading.subjects) all.push(await judgeSafely(subject, store));
  const isNeeded = all.some(({ kind }) => kind === 'needed');
  return {
    letter,
    kind: isNeeded ? 'needed' : 'superfluous',
    words: all.map(({ words }) => words),
  };
}

async function judgeSafely(subject: Subject, store: Reader): Promise<Judgement> {
  try {
    return await judge(subject, store);
  } catch (error) {
    const isDefect = error instanceof z.ZodError;
    const why = isDefect ? `its row can't be read: ${describeIssues(error)}` : awsWords(error);
    return { kind: 'needed', words: `${nameOf(subject)}: what became of it is not known; ${why}` };
  }
}

async function judge(subject: Subject, store: Reader): Promise<Judgement> {
  switch (subject.kind) {
    case 'row':
      return judgeRow(subject.message, await store.read(subject.message));
    case 'upload': {
      const { bucket, key } = subject.upload;
      return judgeUpload(
        subject.upload,
        await store.read({ pk: videoPk(bucket, key), sk: VIDEO_SK }),
      );
    }
    case 'batch': {
      const row = await store.batchOfProvider(subject.message.providerBatchId);
      if (!row) return superfluous(`${nameOf(subject)}: not known here, so it is ignored`);
      const words = `${nameOf(subject)}: ${stateText(row)}`;
      return row.state === 'active' ? needed(words) : superfluous(words);
    }
    case 'round':
      return superfluous('a word to look what is due: the clock says it every minute');
    case 'nothing':
      return superfluous('an event of S3 about no upload');
  }
}

function judgeRow(message: RowDue, row: Row | undefined): Judgement {
  const name = nameOf({ kind: 'row', message });
  if (!row) return superfluous(`${name}: there is no such row any more`);
  if (isFinal(row.kind, row.state)) return superfluous(`${name}: is already ${stateText(row)}`);
  if (row.revision !== message.revision) {
    return superfluous(`${name}: was moved on since; ${stateText(row)}`);
  }
  return needed(`${name}: ${stateText(row)}`);
}

function judgeUpload(upload: Upload, row: Row | undefined): Judgement {
  const name = nameOf({ kind: 'upload', upload });
  if (row?.kind !== 'video') {
    return needed(`${name}: there is no row, so the upload was never taken in`);
  }
  if (row.newestSequencer < upload.sequencer) {
    return needed(`${name}: newer than the upload that the table knows; that is ${stateText(row)}`);
  }
  const isOver = isFinal(row.kind, row.state) ? 'is already ' : '';
  return superfluous(`${name}: was taken in; ${isOver}${stateText(row)}`);
}

const needed = (words: string): Judgement => ({ kind: 'needed', words });
const superfluous = (words: string): Judgement => ({ kind: 'superfluous', words });

function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'row':
      return `${subject.message.pk} ${subject.message.sk}`;
    case 'upload':
      return `upload of s3://${subject.upload.bucket}/${subject.upload.key}`;
    case 'batch':
      return `batch ${subject.message.providerBatchId} of TwelveLabs`;
    default:
      return subject.kind;
  }
}

/** Where a row is, since when, and what last kept it or ended it. */
function stateText(row: Row): string {
  const { state, stateSince, stage, dueAt, reason } = row;
  const ids = [
    row.kind === 'batch' && `batch ${row.batchId}`,
    row.kind === 'analysis' && row.customId !== undefined && `custom_id ${row.customId}`,
  ].filter((it) => it !== false);
  return [
    `${state} since ${stateSince}`,
    stage && `waits at ${stage}, due ${dueAt}`,
    ...ids,
    reason && `${stage ? 'last' : 'because'}: ${reason.code}: ${reason.message}`,
  ]
    .filter(Boolean)
    .join('; ');
}
