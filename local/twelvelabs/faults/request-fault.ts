import * as z from 'zod';
import { operations } from '../http/operation.ts';
import { answerHeaders } from './answer-headers.ts';
import { fault, often } from './define-fault.ts';

const request = {
  operation: z.enum(operations).optional().describe('any, unless given'),
  minItems: z.int().min(1).optional().describe('only batches of at least so many requests'),
  ...often,
};

/** What can be wrong with a request or its answer. */
export const requestFaults = [
  fault('lose-request', request).describe('the connection ends before anything is done'),
  fault('lose-reply', request).describe('everything is done, then the connection ends unanswered'),
  fault('late', { ms: z.int().min(0), ...request }).describe(
    'the connection ends unanswered, and so much later everything is done all the same',
  ),
  fault('answer', {
    status: z.int().min(200).max(599),
    code: z.string().default('internal_server_error'),
    message: z.string().default('A fault of the box.'),
    body: z
      .union(
        [
          z.enum(['declared', 'flat', 'nested', 'html', 'empty']),
          z.strictObject({ text: z.string() }),
        ],
        'It is declared, flat, nested, html, empty, or an object with text',
      )
      .default('declared')
      .describe('an error in one of the shapes, a page of a proxy, nothing, or this very text'),
    headers: answerHeaders.default({}),
    afterWork: z.boolean().default(false).describe('everything is done before'),
    ...request,
  }).describe('another answer than the true one'),
  fault('slow', { ms: z.int().min(0), ...request }).describe(
    'everything is done, the answer is held back',
  ),
  fault('cut', {
    afterBytes: z.int().min(0).optional().describe('exactly there'),
    withinBytes: z.int().min(1).optional().describe('somewhere before, by chance'),
    ending: z.enum(['reset', 'clean']).default('reset').describe('of the connection'),
    ...request,
  }).describe('the body of the answer ends early'),
] as const;
