import { expect, it } from 'vitest';
import type { LetterBox } from '../../../../cli/redrive/letter-box.ts';
import { drop, sendBack } from '../../../../cli/redrive/settle-letters.ts';
import { aDeadLetter, fakeLetterBox } from '../../../support/dead-letters.ts';

const letters = ['a', 'b', 'c'].map((messageId) => aDeadLetter('', { messageId }));
const judged = letters.map((letter) => ({ letter, kind: 'needed', words: [] }) as const);
const never = new AbortController().signal;
const only = (box: LetterBox) => new Map([['Uploads', box] as const]);

it('sends each letter before it deletes it', async () => {
  const box = fakeLetterBox(letters);
  const settled = await sendBack(judged, only(box), never);
  expect(settled).toEqual({ done: 3, taken: 0, failures: [] });
  expect(box.acts.slice(0, 4)).toEqual(['send a', 'remove a', 'send b', 'remove b']);
});

it('deletes nothing that could not be sent, and stops at that queue', async () => {
  const box = fakeLetterBox(letters);
  const denied = new Error('not authorized to perform: sqs:SendMessage on resource: x');
  let tries = 0;
  const sendInVain = () => {
    tries += 1;
    return Promise.reject(denied);
  };
  const broken = { ...box, sendBack: sendInVain };
  const { done, failures } = await sendBack(judged, only(broken), never);
  expect({ done, tries }).toEqual({ done: 0, tries: 1 });
  expect(failures).toEqual(['Uploads: the right sqs:SendMessage is missing here; get it']);
  expect(box.acts).toEqual([]);
});

it('leaves alone what somebody else has taken meanwhile', async () => {
  const box = fakeLetterBox(letters.slice(1));
  expect(await sendBack(judged, only(box), never)).toMatchObject({ done: 2, taken: 1 });
  expect(box.acts).not.toContain('send a');
});

it('ends between two letters when it is interrupted, never between the two halves of one', async () => {
  const interrupt = new AbortController();
  const box = fakeLetterBox(letters);
  const interrupted = {
    ...box,
    sendBack: async (letter: (typeof letters)[number]) => {
      interrupt.abort();
      await box.sendBack(letter);
    },
  };
  expect(await sendBack(judged, only(interrupted), interrupt.signal)).toMatchObject({ done: 1 });
  expect(box.acts).toEqual(['send a', 'remove a']);
});

it('drops without sending', async () => {
  const box = fakeLetterBox(letters);
  expect(await drop(judged, only(box), never)).toMatchObject({ done: 3 });
  expect(box.acts).toEqual(['remove a', 'remove b', 'remove c']);
});
