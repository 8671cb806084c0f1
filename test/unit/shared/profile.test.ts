import { describe, expect, it } from 'vitest';
import repositoryFile from '../../../profiles.json' with { type: 'json' };
import {
  noProfile,
  ProfilesError,
  parseProfiles,
  profilesFor,
  profileVersion,
} from '../../../shared/profile.ts';
import { aProfile, aSegmentation } from '../../support/rows.ts';

const general = {
  name: 'summary',
  applies_to: { prefixes: [''] },
  analysis_mode: 'general',
  prompt: 'What happens?',
};
const segmentation = {
  name: 'goals',
  applies_to: { prefixes: [''] },
  analysis_mode: 'time_based_metadata',
  segment_definitions: [{ id: 'goal', description: 'A goal.' }],
};
const field = { name: 'team', type: 'string', description: 'Who.' };

const withGeneral = (change: object) => ({ profiles: [{ ...general, ...change }] });
const withSegments = (change: object) => ({ profiles: [{ ...segmentation, ...change }] });
const withFields = (...fields: object[]) =>
  withSegments({ segment_definitions: [{ id: 'goal', description: 'A goal.', fields }] });

describe('a profiles.json', () => {
  it('as the repository has it is right', () => {
    expect(parseProfiles(repositoryFile).map(({ name }) => name)).toEqual(['summary', 'goals']);
  });

  it('gets the defaults of the API where it says nothing', () => {
    expect(parseProfiles({ profiles: [general, segmentation] })).toMatchObject([
      { temperature: 0.2, max_tokens: 4_096 },
      { temperature: 0.2, max_tokens: 32_768 },
    ]);
  });

  it('may name its schema, for the editor', () => {
    expect(parseProfiles({ $schema: './profiles.schema.json', profiles: [general] })).toHaveLength(
      1,
    );
  });

  it.each<[string, unknown, string, RegExp]>([
    ['is no object', [], 'top level', /expected object/],
    ['is nothing', undefined, 'top level', /expected object/],
    ['has no profiles', {}, 'profiles', /expected array/],
    ['has an empty list', { profiles: [] }, 'profiles', /at least one profile/],
    ['has a key of its own', { profiles: [general], extra: 1 }, 'top level', /"extra"/],
    ['gives a name twice', { profiles: [general, general] }, 'profiles', /names must differ/],
    ['has no name', withGeneral({ name: undefined }), 'profiles.0.name', /expected string/],
    ['has a name in capitals', withGeneral({ name: 'Goals' }), 'profiles.0.name', /a-z, 0-9 and -/],
    ['has a name with #', withGeneral({ name: 'a#b' }), 'profiles.0.name', /a-z, 0-9 and -/],
    ['has a name of 64', withGeneral({ name: 'a'.repeat(64) }), 'profiles.0.name', /1 to 63/],
    ['has a name with a line end', withGeneral({ name: 'a\n' }), 'profiles.0.name', /1 to 63/],
    ['misspells a key', withGeneral({ promt: 'x' }), 'profiles.0', /"promt"/],
    ['has no prompt', withGeneral({ prompt: undefined }), 'profiles.0.prompt', /expected string/],
    ['has an empty prompt', withGeneral({ prompt: '' }), 'profiles.0.prompt', />=1 char/],
    [
      'has no mode',
      withGeneral({ analysis_mode: undefined }),
      'profiles.0.analysis_mode',
      /invalid/i,
    ],
    [
      'has a mode unheard of',
      withGeneral({ analysis_mode: 'x' }),
      'profiles.0.analysis_mode',
      /invalid/i,
    ],
    [
      'applies to nothing',
      withGeneral({ applies_to: {} }),
      'profiles.0.applies_to.prefixes',
      /array/,
    ],
    [
      'has no prefix',
      withGeneral({ applies_to: { prefixes: [] } }),
      'profiles.0.applies_to.prefixes',
      /"" stands for all/,
    ],
    [
      'has an empty suffix',
      withGeneral({ applies_to: { prefixes: [''], suffixes: [''] } }),
      'profiles.0.applies_to.suffixes.0',
      />=1 char/,
    ],
    ['is too hot', withGeneral({ temperature: 1.1 }), 'profiles.0.temperature', /<=1/],
    ['is too cold', withGeneral({ temperature: -0.1 }), 'profiles.0.temperature', />=0/],
    ['begins before the video', withGeneral({ start_time: -1 }), 'profiles.0.start_time', />=0/],
    ['ends at its beginning', withGeneral({ end_time: 0 }), 'profiles.0.end_time', />0/],
    ['asks for too few tokens', withGeneral({ max_tokens: 511 }), 'profiles.0.max_tokens', />=512/],
    [
      'asks for too many tokens',
      withGeneral({ max_tokens: 98_305 }),
      'profiles.0.max_tokens',
      /<=98304/,
    ],
    ['asks for half a token', withGeneral({ max_tokens: 600.5 }), 'profiles.0.max_tokens', /int/],
    [
      'asks in words for a number',
      withGeneral({ max_tokens: '600' }),
      'profiles.0.max_tokens',
      /expected number/,
    ],
    [
      'asks a general one for segments',
      withGeneral({ segment_definitions: [] }),
      'profiles.0',
      /"segment_definitions"/,
    ],
    ['asks segments of a prompt', withSegments({ prompt: 'x' }), 'profiles.0', /"prompt"/],
    [
      'has no definitions',
      withSegments({ segment_definitions: [] }),
      'profiles.0.segment_definitions',
      />=1 item/,
    ],
    [
      'has 21 definitions',
      withSegments({ segment_definitions: many(21) }),
      'profiles.0.segment_definitions',
      /<=20 items/,
    ],
    [
      'has a definition twice',
      withSegments({ segment_definitions: [...many(1), ...many(1)] }),
      'profiles.0.segment_definitions',
      /ids must differ/,
    ],
    [
      'has an id with a space',
      withSegments({ segment_definitions: [{ id: 'a b', description: 'x' }] }),
      'profiles.0.segment_definitions.0.id',
      /A-Z, a-z, 0-9/,
    ],
    [
      'describes nothing',
      withSegments({ segment_definitions: [{ id: 'a', description: '' }] }),
      'profiles.0.segment_definitions.0.description',
      />=1 char/,
    ],
    [
      'asks segments for too few tokens',
      withSegments({ max_tokens: 2_047 }),
      'profiles.0.max_tokens',
      />=2048/,
    ],
    [
      'has segments under 2 s',
      withSegments({ min_segment_duration: 1.9 }),
      'profiles.0.min_segment_duration',
      />=2/,
    ],
    [
      'a window that ends before it starts',
      withSegments({ start_time: 10, end_time: 10.5 }),
      'profiles.0.end_time',
      /at least 1 s after start_time/,
    ],
    [
      'has a longest below the shortest',
      withSegments({ min_segment_duration: 9, max_segment_duration: 8 }),
      'profiles.0.max_segment_duration',
      /not be less than min_segment_duration/,
    ],
    [
      'has a field of no type',
      withFields({ ...field, type: 'text' }),
      'profiles.0.segment_definitions.0.fields.0.type',
      /expected one of/,
    ],
    [
      'has a list of nothing',
      withFields({ ...field, type: 'array' }),
      'profiles.0.segment_definitions.0.fields.0.items',
      /exactly when type is array/,
    ],
    [
      'has items without a list',
      withFields({ ...field, items: { type: 'string' } }),
      'profiles.0.segment_definitions.0.fields.0.items',
      /exactly when type is array/,
    ],
    [
      'has a choice of nothing',
      withFields({ ...field, enum: [] }),
      'profiles.0.segment_definitions.0.fields.0.enum',
      />=1 item/,
    ],
    [
      'has a choice of 101',
      withFields({ ...field, enum: Array(101).fill('x') }),
      'profiles.0.segment_definitions.0.fields.0.enum',
      /<=100 items/,
    ],
    [
      'has a second field wrong',
      withFields(field, { ...field, format: 'hours' }),
      'profiles.0.segment_definitions.0.fields.1.format',
      /expected one of/,
    ],
  ])('that %s is refused with path and rule', (_, file, path, rule) => {
    const message = refusalOf(file);
    expect(message).toContain(`profiles.json: ${path}: `);
    expect(message).toMatch(rule);
  });

  it.each([
    ['a field that is a list', withFields({ ...field, type: 'array', items: { type: 'string' } })],
    ['20 definitions', withSegments({ segment_definitions: many(20) })],
    [
      'equal shortest and longest',
      withSegments({ min_segment_duration: 2, max_segment_duration: 2 }),
    ],
    ['a longest alone', withSegments({ max_segment_duration: 2 })],
    ['a JSON schema', withGeneral({ json_schema: { type: 'object', required: ['a'] } })],
    ['a name of 63', withGeneral({ name: 'a'.repeat(63) })],
    ['the extreme values', withGeneral({ temperature: 0, max_tokens: 98_304, start_time: 0 })],
  ])('with %s is right', (_, file) => {
    expect(parseProfiles(file)).toHaveLength(1);
  });

  it('tells all that is wrong at once', () => {
    const file = {
      profiles: [
        { ...general, prompt: '' },
        { ...segmentation, temperature: 2 },
      ],
    };
    expect(refusalOf(file)).toMatch(/profiles\.0\.prompt: .+; profiles\.1\.temperature: /);
  });
});

describe('the profiles for a key', () => {
  const all = aProfile({ name: 'all' });
  const football = aProfile({ name: 'football', applies_to: { prefixes: ['football/', 'cup/'] } });
  const mp4 = aProfile({ name: 'mp4', applies_to: { prefixes: [''], suffixes: ['.mp4', '.M4V'] } });
  const both = aProfile({
    name: 'both',
    applies_to: { prefixes: ['football/'], suffixes: ['.mp4'] },
  });

  it.each([
    ['football/a.mp4', ['all', 'football', 'mp4', 'both']],
    ['cup/a.webm', ['all', 'football']],
    ['Football/a.mp4', ['all', 'mp4']],
    ['a.MP4', ['all', 'mp4']],
    ['a.m4v', ['all', 'mp4']],
    ['old/football/a', ['all']],
    ['.mp4.txt', ['all']],
    ['', ['all']],
  ])('%j are %j: prefixes to the letter, suffixes whatever their case', (key, names) => {
    const found = profilesFor(key, [all, football, mp4, both]);
    expect(found.map(({ name }) => name)).toEqual(names);
  });

  it('are none where none applies, which has a reason', () => {
    expect(profilesFor('a.mp4', [football])).toEqual([]);
    expect(noProfile('a.mp4')).toMatchObject({
      code: 'no_profile',
      message: expect.stringContaining('a.mp4'),
    });
  });
});

describe('the version of a profile', () => {
  const version = profileVersion(aProfile());

  it.each([
    ['it applies to other uploads', { applies_to: { prefixes: ['a/'], suffixes: ['.mp4'] } }],
    ['a default is written out', { temperature: 0.2, max_tokens: 4_096 }],
  ])('stays when %s', (_, change) => {
    expect(profileVersion(aProfile(change))).toBe(version);
  });

  it('stays when the keys of the file change places', () => {
    const reversed = Object.fromEntries(Object.entries(general).reverse());
    const [profile] = parseProfiles({ profiles: [reversed] });
    expect(profile && profileVersion(profile)).toBe(version);
  });

  it.each([
    ['prompt', { prompt: 'What happens here?' }],
    ['temperature', { temperature: 0.3 }],
    ['most tokens', { max_tokens: 4_097 }],
    ['beginning', { start_time: 0 }],
    ['end', { end_time: 60 }],
    ['schema', { json_schema: {} }],
    ['name', { name: 'other' }],
  ])('changes with its %s', (_, change) => {
    expect(profileVersion(aProfile(change))).not.toBe(version);
  });

  it('changes with a field of a definition', () => {
    const described = (description: string) =>
      aSegmentation({
        segment_definitions: [
          { id: 'goal', description: 'x', fields: [{ ...field, description }] },
        ],
      });
    expect(profileVersion(described('a'))).not.toBe(profileVersion(described('b')));
  });
});

function many(count: number): object[] {
  return Array.from({ length: count }, (_, at) => ({ id: `id-${at}`, description: 'x' }));
}

function refusalOf(file: unknown): string {
  try {
    parseProfiles(file);
  } catch (error) {
    if (error instanceof ProfilesError) return error.message;
    throw error;
  }
  return 'was not refused';
}
