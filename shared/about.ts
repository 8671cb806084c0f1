import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line of the log is about, in the words that every line uses. */
export interface Subject {
  readonly messageId?: string;
  /** Bucket and key. */
  readonly video?: string;
  readonly profile?: string;
  /** Our id of a batch, and the provider's. */
  readonly batchId?: string;
  readonly providerBatchId?: string;
  readonly attempt?: number;
}

const subjects = new AsyncLocalStorage<Subject>();

/** Does a piece of work: each line logged from within it says what it is about. */
export function about<T>(subject: Subject, work: () => T): T {
  return subjects.run({ ...subjects.getStore(), ...subject }, work);
}

/** What the work under way is about. */
export function currentSubject(): Subject {
  return subjects.getStore() ?? {};
}

/** What a row, or a message that names one, is about. */
export function subjectOf(row: {
  readonly pk: string;
  readonly sk: string;
  readonly batchId?: string | undefined;
  readonly providerBatchId?: string | undefined;
  readonly attempt?: number | undefined;
}): Subject {
  const { pk, sk, providerBatchId, attempt } = row;
  const video = afterPrefix('VIDEO#', pk);
  const profile = afterPrefix('ANALYSIS#', sk);
  const batchId = row.batchId ?? afterPrefix('BATCH#', pk);
  return {
    ...(video !== undefined && { video }),
    ...(profile !== undefined && { profile }),
    ...(batchId !== undefined && { batchId }),
    ...(providerBatchId !== undefined && { providerBatchId }),
    ...(attempt !== undefined && { attempt }),
  };
}

function afterPrefix(prefix: string, key: string): string | undefined {
  return key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
}
