import { expect, it } from 'vitest';
import { failed, lineText, number, ok, span, warning } from '../../../../cli/doctor/line.ts';

it('is one line, whatever somebody else has said', () => {
  expect(lineText(ok('a', 'b'))).toBe('✓ a: b');
  expect(lineText(warning('a', 'b'))).toBe('! a: b');
  expect(lineText(failed('a', ' b\n\tc \u001b[31md '))).toBe('✗ a: b c [31md');
});

it.each([
  [0.4, '0 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7_199, '120 min'],
  [7_200, '2 h'],
  [200_000, '2 days'],
])('says %d s as %s', (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

it('sets thousands apart', () => {
  expect(number(12_345)).toBe('12,345');
});
