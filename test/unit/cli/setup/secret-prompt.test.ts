import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { openSecretPrompt } from '../../../../cli/setup/secret-prompt.ts';

/** A terminal, or a pipe, that a test types into. */
function start(isTTY: boolean) {
  const rawModes: boolean[] = [];
  const setRawMode = (isRaw: boolean) => rawModes.push(isRaw);
  const input = Object.assign(new PassThrough(), isTTY ? { isTTY: true, setRawMode } : {});
  const output = new PassThrough();
  let interrupts = 0;
  const prompt = openSecretPrompt({ input, output, onInterrupt: () => interrupts++ });
  const shown = () => String(output.read() ?? '');
  return { input, prompt, rawModes, shown, interrupts: () => interrupts };
}

it('shows nothing of what is typed at a terminal', async () => {
  const { input, prompt, shown, rawModes } = start(true);
  const answer = prompt.ask('Key: ');
  for (const character of 'tlk_secret') input.write(character);
  input.write('\r');
  expect(await answer).toBe('tlk_secret');
  expect(shown()).toBe('Key: \n');
  prompt.close();
  expect(rawModes).toEqual([true, false]);
});

it.each([
  ['a character deleted', 'tlk_x\u007fy\r', 'tlk_y'],
  ['the line deleted', 'wrong\u0015right\r', 'right'],
  ['a long paste', `${'k'.repeat(10_000)}\r`, 'k'.repeat(10_000)],
  ['a paste in marks', '\u001b[200~tlk_pasted\u001b[201~\r', 'tlk_pasted'],
  ['characters beyond ASCII', 'é東\u007f😀\r', 'é😀'],
])('takes %s as a line', async (_, typed, line) => {
  const { input, prompt, shown } = start(true);
  const answer = prompt.ask('Key: ');
  input.write(typed);
  expect(await answer).toBe(line);
  expect(shown()).toBe('Key: \n');
  prompt.close();
});

it('keeps what is typed ahead, unseen, for the next question', async () => {
  const { input, prompt, shown } = start(true);
  input.write('first\rsecond\r');
  expect(await prompt.ask('1: ')).toBe('first');
  expect(await prompt.ask('2: ')).toBe('second');
  expect(shown()).toBe('1: \n2: \n');
  prompt.close();
});

it('tells of Ctrl-C, and of the end of the input', async () => {
  const { input, prompt, interrupts, rawModes } = start(true);
  const answer = prompt.ask('Key: ');
  input.write('half\u0003');
  await expect.poll(interrupts).toBe(1);
  prompt.close();
  expect(await answer).toBeUndefined();
  expect(rawModes.at(-1)).toBe(false);

  const other = start(true);
  const none = other.prompt.ask('Key: ');
  other.input.write('\u0004');
  expect(await none).toBeUndefined();
});

it('takes nothing typed ahead for a yes, and shows of it no more than that', async () => {
  const { input, prompt, shown } = start(true);
  const key = prompt.ask('Key: ');
  input.write('key\ry\r');
  await key;
  const confirmed = prompt.confirm('Store it?');
  input.write('yes\r');
  expect(await confirmed).toBe(true);
  expect(shown()).toBe('Key: \nStore it? [y/N] yes\n');
  const refused = prompt.confirm('Store it?');
  input.write('tlk_secret\u0015\u0019\r');
  expect(await refused).toBe(false);
  expect(shown()).toBe('Store it? [y/N] no\n');
  prompt.close();
});

it('reads lines from a pipe, and confirms nothing there', async () => {
  const { input, prompt, shown } = start(false);
  input.end('tlk_key\r\n\nlast');
  expect(await prompt.ask('1: ')).toBe('tlk_key');
  expect(await prompt.confirm('Store it?')).toBe(false);
  expect(await prompt.ask('2: ')).toBe('');
  expect(await prompt.ask('3: ')).toBe('last');
  expect(await prompt.ask('4: ')).toBeUndefined();
  expect(shown()).not.toMatch(/tlk|last/);
});
