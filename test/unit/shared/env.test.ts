import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { EnvironmentError, jsonVariable, loadEnv } from '../../../shared/env.ts';
import { documentedLimits } from '../../../shared/twelvelabs/limits.ts';
import { videoLimits } from '../../../shared/video-limits.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a variable that holds JSON', () => {
  const load = () => loadEnv({ VIDEO_LIMITS: jsonVariable(videoLimits) }).VIDEO_LIMITS;

  it('is read as what it holds', () => {
    vi.stubEnv('VIDEO_LIMITS', JSON.stringify(documentedLimits));
    expect(load()).toEqual(documentedLimits);
  });

  it.each([
    ['is missing', undefined, /^VIDEO_LIMITS: /],
    ['is no JSON', '{', /^VIDEO_LIMITS: /],
    ['lacks a field', '{"maxBytes":1}', /VIDEO_LIMITS\.minDurationSeconds: /],
    [
      'holds a field of another name',
      JSON.stringify({ ...documentedLimits, secret: 'tlk_1' }),
      /VIDEO_LIMITS: .*secret/,
    ],
  ])('that %s is named, and its value is not', (_, value, message) => {
    vi.stubEnv('VIDEO_LIMITS', value);
    expect(load).toThrow(EnvironmentError);
    expect(load).toThrow(message);
    expect(load).not.toThrow(/tlk_1/);
  });
});

it('names every variable that is wrong', () => {
  vi.stubEnv('A', '');
  expect(() => loadEnv({ A: z.string().min(1), B: z.url() })).toThrow(/A: .*B: /);
});
