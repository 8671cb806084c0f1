import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { decodeRecords, deliverAgain } from '../../../shared/deliveries.ts';
import { rowDue, uploadsMessage } from '../../../shared/messages.ts';
import { fakeLog } from '../../support/fakes.ts';

const due = { pk: 'VIDEO#uploads/a.mp4', sk: 'VIDEO', revision: 3 };

describe('the records of an event', () => {
  it('are decoded in order, each with the id to deliver it again by', () => {
    const records = [record('1', due), record('2', { ...due, revision: 4 })];
    expect(decodeRecords(records, rowDue, fakeLog())).toEqual({
      decoded: [
        { messageId: '1', message: due },
        { messageId: '2', message: { ...due, revision: 4 } },
      ],
      malformed: [],
    });
  });

  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['another shape', '{"pk":"a"}'],
    ['a wrong type', JSON.stringify({ ...due, revision: 'three' })],
  ])('that hold %s are set aside and spoil no other', (_, body) => {
    const log = fakeLog();
    const records = [record('1', due), { ...record('2', due), body }, record('3', due)];
    const { decoded, malformed } = decodeRecords(records, rowDue, log);
    expect(decoded.map(({ messageId }) => messageId)).toEqual(['1', '3']);
    expect(malformed).toEqual(['2']);
    expect(log.lines).toMatchObject([
      { level: 'error', event: 'message_malformed', facts: { messageId: '2' } },
    ]);
  });

  it('leave nothing of a malformed body in the log', () => {
    const log = fakeLog();
    decodeRecords([{ ...record('1', due), body: 'a-secret-body' }], rowDue, log);
    expect(log.text()).not.toContain('a-secret-body');
  });

  it.each([
    ['an event of S3', { Records: [] }, { Records: [] }],
    ['a row that is due', due, due],
    [
      'the test event of S3',
      { Service: 'Amazon S3', Event: 's3:TestEvent' },
      { Event: 's3:TestEvent' },
    ],
  ])('of the uploads queue may hold %s', (_, message, expected) => {
    const { decoded } = decodeRecords([record('1', message)], uploadsMessage, fakeLog());
    expect(decoded).toEqual([{ messageId: '1', message: expected }]);
  });
});

describe('the reply to SQS', () => {
  it('names exactly the messages to deliver again', () => {
    expect(deliverAgain(['1', '3'])).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }, { itemIdentifier: '3' }],
    });
  });

  it('of a good run is an empty list, which SQS takes as success', () => {
    expect(deliverAgain([])).toEqual({ batchItemFailures: [] });
  });
});

function record(messageId: string, message: unknown): SQSRecord {
  return { messageId, body: JSON.stringify(message) } as SQSRecord;
}
