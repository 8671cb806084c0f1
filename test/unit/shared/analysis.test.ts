import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customIdOf, isCustomIdOf } from '../../../shared/analysis.ts';
import { anAnalysis } from '../../support/rows.ts';

const anyText = fc.string({ unit: 'binary' });
const batchIds = fc.uuid();

describe('a custom_id', () => {
  it('keeps to what the provider allows, for any input', async () => {
    await fc.assert(
      fc.property(anyText, anyText, anyText, batchIds, (videoId, profile, version, batchId) => {
        const customId = customIdOf({ videoId, profile }, version, batchId);
        expect(customId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      }),
    );
  });

  it('tells the batch of ours that it was given in, and no other', async () => {
    await fc.assert(
      fc.property(batchIds, batchIds, (batchId, other) => {
        const customId = customIdOf(anAnalysis(), 'v1', batchId);
        expect(isCustomIdOf(batchId, customId)).toBe(true);
        expect(isCustomIdOf(other, customId)).toBe(other === batchId);
      }),
    );
  });

  it.each([null, undefined, '', 'of a stranger'])(
    'that is %j is of no batch of ours',
    (customId) => {
      expect(isCustomIdOf('b', customId)).toBe(false);
    },
  );

  it.each([
    ['another video', { videoId: 'other' }, 'v1', 'batch-1'],
    ['another profile', { profile: 'other' }, 'v1', 'batch-1'],
    ['another version of the profile', {}, 'v2', 'batch-1'],
    ['another batch', {}, 'v1', 'batch-2'],
  ])('differs for %s', (_, change, version, batchId) => {
    const one = customIdOf(anAnalysis(), 'v1', 'batch-1');
    expect(customIdOf(anAnalysis(change), version, batchId)).not.toBe(one);
  });
});
