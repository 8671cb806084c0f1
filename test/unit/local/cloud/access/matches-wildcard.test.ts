import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesArn, matchesWildcard } from '../../../../../local/cloud/access/matches-wildcard.ts';

it.each([
  ['dynamodb:GetItem', 'dynamodb:GetItem', true],
  ['dynamodb:Get*', 'dynamodb:GetItem', true],
  ['*', '', true],
  ['*', 'anything: at all', true],
  ['s3:*Object', 's3:GetObject', true],
  ['s3:*Object', 's3:GetObjectTagging', false],
  ['s3:*Object*', 's3:GetObjectTagging', true],
  ['s3:?etObject', 's3:GetObject', true],
  ['s3:?etObject', 's3:etObject', false],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'aXcYb', false],
  ['a**', 'a', true],
  ['', '', true],
  ['', 'a', false],
  ['a', 'A', false],
  ['a.c', 'abc', false],
  ['[ab]', 'a', false],
  ['a*', 'a\nb', true],
])('says of %j and %j: %j', (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

const letter = fc.constantFrom('a', 'b', ':', '/');
const text = fc.string({ unit: letter, maxLength: 12 });
const pattern = fc.string({ unit: fc.oneof(letter, fc.constantFrom('*', '?')), maxLength: 10 });

it('agrees with what a regular expression says', () => {
  fc.assert(
    fc.property(pattern, text, (wild, plain) => {
      const regular = new RegExp(`^${wild.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      expect(matchesWildcard(wild, plain)).toBe(regular.test(plain));
    }),
    { numRuns: 2_000 },
  );
});

it('fits every text that its pattern was made of, by leaving out parts of it', () => {
  fc.assert(
    fc.property(text, fc.nat(12), fc.nat(12), (plain, one, other) => {
      const [start, end] = one < other ? [one, other] : [other, one];
      expect(matchesWildcard(`${plain.slice(0, start)}*${plain.slice(end)}`, plain)).toBe(
        Math.min(end, plain.length) >= Math.min(start, plain.length),
      );
    }),
  );
});

it('takes no time that grows out of hand with its stars', () => {
  const started = performance.now();
  expect(matchesWildcard('*a'.repeat(50), `${'a'.repeat(5_000)}b`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(1_000);
});

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Videos';

it.each([
  ['*', TABLE, true],
  [TABLE, TABLE, true],
  [TABLE, `${TABLE}/index/due`, false],
  [`${TABLE}/index/*`, `${TABLE}/index/due`, true],
  [`${TABLE}/index/*`, TABLE, false],
  ['arn:aws:dynamodb:*:000000000000:table/*', TABLE, true],
  // A wildcard does not reach over a colon into the next segment.
  ['arn:aws:dynamodb:*:table/Videos', TABLE, false],
  ['arn:aws:*', TABLE, false],
  ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/a:b/c', true],
  ['arn:aws:s3:::b', 'arn:aws:s3:::b/key', false],
  [
    'arn:aws:logs:us-east-1:0:log-group:g:*',
    'arn:aws:logs:us-east-1:0:log-group:g:log-stream:s',
    true,
  ],
])('says of the resource %s and %s: %j', (wild, arn, matches) => {
  expect(matchesArn(wild, arn)).toBe(matches);
});
