import type { FaultInput } from '../../../local/twelvelabs/faults/fault.ts';

/** A way in which no clear answer to the creation of a batch comes. */
export interface Loss {
  readonly name: string;
  /** Whether the provider made the batch all the same. */
  readonly isCreated: boolean;
  readonly fault: FaultInput;
}

const create = { operation: 'batches.create', times: 1 } as const;
const deadline = {
  kind: 'answer',
  status: 504,
  code: 'deadline_exceeded',
  body: 'nested',
} as const;
const page = { kind: 'answer', status: 502, body: 'html' } as const;

export const losses: readonly Loss[] = [
  { name: 'reply lost', isCreated: true, fault: { kind: 'lose-reply', ...create } },
  { name: 'request lost', isCreated: false, fault: { kind: 'lose-request', ...create } },
  { name: '504, created', isCreated: true, fault: { ...deadline, afterWork: true, ...create } },
  { name: '504, not created', isCreated: false, fault: { ...deadline, ...create } },
  { name: '502 page, created', isCreated: true, fault: { ...page, afterWork: true, ...create } },
  { name: '502 page, not created', isCreated: false, fault: { ...page, ...create } },
  {
    name: '500 without words, created',
    isCreated: true,
    fault: { kind: 'answer', status: 500, body: 'empty', afterWork: true, ...create },
  },
  {
    name: 'answer cut off',
    isCreated: true,
    fault: { kind: 'cut', afterBytes: 40, ending: 'reset', ...create },
  },
  {
    name: 'answer cut, ended well',
    isCreated: true,
    fault: { kind: 'cut', afterBytes: 40, ending: 'clean', ...create },
  },
];
