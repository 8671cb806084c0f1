import { describe, expect, it } from 'vitest';
import { padJson, padText } from '../../../../local/twelvelabs/simulation/pad-result.ts';

const bytesOf = (text: string) => Buffer.byteLength(text);

describe('a padded text', () => {
  it.each([1, 500, 10_000, 300_000])(
    'has about %i bytes, characters of several among them',
    (resultBytes) => {
      const text = padText('Simulated.', { resultBytes });
      expect(text).toMatch(/^Simulated\./);
      expect(Math.abs(bytesOf(text) - Math.max(10, resultBytes))).toBeLessThan(60);
      if (resultBytes > 100) expect(text).toMatch(/[\u0100-\uffff]/);
      expect(text).not.toContain('\uFFFD');
    },
  );

  it('is as it was when nothing is asked for', () => {
    expect(padText('Simulated.', {})).toBe('Simulated.');
    expect(padJson({ a: 'Simulated — a' }, {})).toBe('{"a":"Simulated — a"}');
  });
});

describe('a padded document', () => {
  it('grows in its first free string only', () => {
    const document = { when: '00:01', list: [{ a: 'Simulated — a', b: 'Simulated — b' }] };
    const json = padJson(document, { resultBytes: 5_000 });
    expect(Math.abs(bytesOf(json) - 5_000)).toBeLessThan(60);
    const padded = JSON.parse(json);
    expect(padded.list[0].a).toMatch(/^Simulated — a /);
    expect({ ...padded, list: [{ ...padded.list[0], a: 'Simulated — a' }] }).toEqual(document);
  });

  it('stays as it is without a free string', () => {
    const document = { count: 3, id: '00000000-0000-4000-8000-000000000000', none: null };
    expect(padJson(document, { resultBytes: 5_000 })).toBe(JSON.stringify(document));
  });
});
