import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchRequest,
  type ClaimedAnalysis,
} from '../../../../functions/submit-batches/batch-request.ts';
import type { Profile } from '../../../../shared/profile.ts';
import { anAnalysis, aProfile, aSegmentation } from '../../../support/rows.ts';

const summary = aProfile();

describe('the request for a batch', () => {
  it('of one profile says once what is asked, and names each video', () => {
    expect(batchRequest('general', [claim('1', summary), claim('2', summary)])).toEqual({
      model_name: 'pegasus1.5',
      analysis_mode: 'general',
      defaults: { prompt: { input_text: 'What happens?' }, temperature: 0.2, max_tokens: 4_096 },
      requests: [
        { video: { type: 'asset_id', asset_id: 'asset-1' }, custom_id: 'custom-1' },
        { video: { type: 'asset_id', asset_id: 'asset-2' }, custom_id: 'custom-2' },
      ],
    });
  });

  it('asks for JSON in the form of the API', () => {
    const profile = aProfile({ json_schema: { type: 'object' } });
    expect(batchRequest('general', [claim('1', profile)]).defaults).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { type: 'object' } },
    });
  });

  it('asks for segments without a prompt, which the API refuses there', () => {
    const profile = aSegmentation({ min_segment_duration: 2, start_time: 0, end_time: 60 });
    expect(batchRequest('time_based_metadata', [claim('1', profile)])).toMatchObject({
      analysis_mode: 'time_based_metadata',
      defaults: {
        response_format: {
          type: 'segment_definitions',
          segment_definitions: [{ id: 'goal', description: 'A goal is scored.' }],
        },
        min_segment_duration: 2,
        start_time: 0,
        end_time: 60,
        temperature: 0.2,
        max_tokens: 32_768,
      },
    });
    expect(
      JSON.stringify(batchRequest('time_based_metadata', [claim('1', profile)])),
    ).not.toContain('prompt');
  });

  it('takes its defaults from the commonest profile', () => {
    const other = aProfile({ name: 'other', prompt: 'Who is there?' });
    const { defaults, requests } = batchRequest('general', [
      claim('1', other),
      claim('2', summary),
      claim('3', summary),
    ]);
    expect(defaults).toMatchObject({ prompt: { input_text: 'What happens?' } });
    expect(requests.map((it) => 'prompt' in it)).toEqual([true, false, false]);
  });

  it('repeats for an item of another profile only what that one asks otherwise', () => {
    const hotter = aProfile({ name: 'hotter', temperature: 0.9 });
    const { requests } = batchRequest('general', [claim('1', summary), claim('2', hotter)]);
    expect(requests[1]).toStrictEqual({
      video: { type: 'asset_id', asset_id: 'asset-2' },
      custom_id: 'custom-2',
      temperature: 0.9,
    });
  });

  it('makes nothing a default that an item could not take back', () => {
    const wantsJson = aProfile({ name: 'json', json_schema: { type: 'object' }, start_time: 5 });
    const claims = [claim('1', wantsJson), claim('2', wantsJson), claim('3', summary)];
    const { defaults, requests } = batchRequest('general', claims);
    expect(defaults).not.toHaveProperty('response_format');
    expect(defaults).not.toHaveProperty('start_time');
    expect(requests[0]).toMatchObject({ start_time: 5, response_format: { type: 'json_schema' } });
    expect(requests[2]).not.toHaveProperty('response_format');
  });

  it('tells the provider nothing of ours but the id of the attempt', () => {
    const text = JSON.stringify(batchRequest('general', [claim('1', summary)]));
    for (const ours of ['summary', 'uploads', 'football', 'applies_to', 'VIDEO#']) {
      expect(text).not.toContain(ours);
    }
  });

  it('asks of each item just what its profile asks, whatever profiles ride together', async () => {
    await fc.assert(
      fc.property(drawnProfiles, (drawn) => {
        const claimed = drawn.map((profile, at) => claim(String(at), profile));
        const { defaults, requests } = batchRequest('general', claimed);
        requests.forEach((request, at) => {
          const { video: _, custom_id: __, ...overrides } = request;
          const alone = batchRequest('general', [claimed[at] as ClaimedAnalysis]).defaults;
          expect({ ...defaults, ...overrides }).toEqual(alone);
        });
      }),
    );
  });

  it('keeps the order and the ids of what was claimed', () => {
    const ids = ['c', 'a', 'b'];
    const { requests } = batchRequest(
      'general',
      ids.map((id) => claim(id, summary)),
    );
    expect(requests.map(({ custom_id }) => custom_id)).toEqual(ids.map((id) => `custom-${id}`));
  });

  it('repeats for a thousand items no word of what all are asked', () => {
    const long = aProfile({ prompt: 'word '.repeat(2_000) });
    const claimed = Array.from({ length: 1_000 }, (_, at) => claim(String(at), long));
    expect(JSON.stringify(batchRequest('general', claimed)).length).toBeLessThan(150_000);
  });
});

/** The profiles of a batch's items: a few that differ in what they set and to what. */
const drawnProfiles = fc
  .uniqueArray(
    fc.record(
      {
        prompt: fc.constantFrom('a', 'b'),
        temperature: fc.constantFrom(0, 0.5),
        json_schema: fc.constantFrom({ type: 'object' }, { type: 'array' }),
        start_time: fc.constantFrom(0, 5),
        end_time: fc.constantFrom(10, 20),
      },
      { requiredKeys: ['prompt'] },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => all.map((fields, at) => aProfile({ ...fields, name: `profile-${at}` })))
  .chain((all) => fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 12 }));

function claim(id: string, profile: Profile): ClaimedAnalysis {
  const analysis = anAnalysis({ assetId: `asset-${id}`, profile: profile.name });
  return { analysis: { ...analysis, customId: `custom-${id}` }, profile };
}
