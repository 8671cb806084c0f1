import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customIdOf } from '../../../shared/analysis.ts';
import { anAnalysis } from '../../support/rows.ts';

const anyText = fc.string({ unit: 'binary' });
const attempts = fc.integer({ min: 0, max: 2 ** 31 });

describe('a custom_id', () => {
  it('keeps to what the provider allows, for any input', async () => {
    await fc.assert(
      fc.property(anyText, anyText, anyText, attempts, (videoId, profile, version, attempt) => {
        expect(customIdOf({ videoId, profile }, version, attempt)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      }),
    );
  });

  it('is the same for the same attempt, so that a lost batch is known again by it', () => {
    const moved = anAnalysis({ revision: 7, state: 'submitting', batchId: 'batch-1' });
    expect(customIdOf(moved, 'v1', 2)).toBe(customIdOf(anAnalysis(), 'v1', 2));
  });

  it('differs between any two attempts, so that a late line of the old one changes nothing', async () => {
    await fc.assert(
      fc.property(fc.uniqueArray(attempts, { minLength: 2 }), (all) => {
        const ids = all.map((attempt) => customIdOf(anAnalysis(), 'v1', attempt));
        expect(new Set(ids).size).toBe(all.length);
      }),
    );
  });

  it.each([
    ['another video', { videoId: 'other' }, 'v1'],
    ['another profile', { profile: 'other' }, 'v1'],
    ['another version of the profile', {}, 'v2'],
  ])('differs for %s', (_, change, version) => {
    expect(customIdOf(anAnalysis(change), version, 1)).not.toBe(customIdOf(anAnalysis(), 'v1', 1));
  });
});
