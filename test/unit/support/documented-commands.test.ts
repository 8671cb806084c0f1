import { expect, it } from 'vitest';
import { blocksBelow, runCommands } from '../../support/documented-commands.ts';

const echo = async (words: readonly string[]) => `${JSON.stringify(words)}\n`;

it('hands on the words that a shell makes of a command', async () => {
  const command = `echo 'before'; aws one "$NAME x" '{"a": "'"$NAME"'"}' '' \\\n  --last | tr o 0`;
  const out = await runCommands(command, { variables: { NAME: "o'c" }, answers: { aws: echo } });
  expect(out).toBe(`before\n["0ne","0'c x","{\\"a\\": \\"0'c\\"}","","--last"]\n`);
});

it.each(['aws', 'aws | cat', 'for it in 1 2 3; do aws; done'])(
  'ends when `%s` fails',
  async (it) => {
    const aws = async () => Promise.reject(new Error('no such option'));
    await expect(runCommands(it, { answers: { aws } })).rejects.toThrow('no such option');
  },
);

it('ends when a command does', async () => {
  await expect(runCommands('aws; false; aws', { answers: { aws: echo } })).rejects.toThrow(
    'exit code 1',
  );
});

it('finds the blocks below a heading, and no others', () => {
  const page =
    '# P\n```sh\n0\n```\n## A\n```sh\n1\n```\n### B\n```ts\n2\n```\n```sh\n3\n```\n## C\n```sh\n4\n```\n';
  expect(blocksBelow(page, 'A', 'sh')).toEqual(['1\n', '3\n']);
  expect(() => blocksBelow(page, 'D', 'sh')).toThrow('no heading D');
});
