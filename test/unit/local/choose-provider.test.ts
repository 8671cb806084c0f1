import { describe, expect, it } from 'vitest';
import { chooseProvider } from '../../../local/choose-provider.ts';
import { UserError } from '../../../local/user-error.ts';

const key = { TWELVE_LABS_API_KEY: 'tlk_mine' };
const other = { TWELVELABS_BASE_URL: 'http://127.0.0.1:4000/v1.3' };

describe('the provider', () => {
  it('is the box when nothing is said, with a key of its own', () => {
    const choice = chooseProvider({}, {});
    expect(choice).toMatchObject({ kind: 'box', baseUrl: undefined, uploadRoute: 'url' });
    expect(choice.apiKey).toMatch(/^tlk_[0-9a-f]{32}$/);
  });

  it('is the box when the variables are empty', () => {
    const env = { TWELVE_LABS_API_KEY: '', TWELVELABS_BASE_URL: '' };
    expect(chooseProvider(env, {}).kind).toBe('box');
  });

  it('is the real one with a key, which is sent the bytes: it can not reach a laptop', () => {
    expect(chooseProvider(key, {})).toMatchObject({
      kind: 'real',
      baseUrl: 'https://api.twelvelabs.io/v1.3',
      apiKey: 'tlk_mine',
      uploadRoute: 'direct',
    });
  });

  it('is whatever the base URL names, with the key or without', () => {
    const common = { kind: 'other', baseUrl: 'http://127.0.0.1:4000/v1.3', uploadRoute: 'url' };
    expect(chooseProvider({ ...other, ...key }, {})).toMatchObject({
      ...common,
      apiKey: 'tlk_mine',
    });
    expect(chooseProvider(other, {})).toMatchObject({ ...common, apiKey: 'no-key-given' });
  });

  it.each([
    ['the box', {}],
    ['the real one', key],
    ['another', other],
  ])('%s gets the files by the route that was said', (_, env) => {
    expect(chooseProvider(env, { uploadRoute: 'url' }).uploadRoute).toBe('url');
    expect(chooseProvider(env, { uploadRoute: 'direct' }).uploadRoute).toBe('direct');
  });

  it('has a webhook secret that nobody can foresee', () => {
    const [first, second] = [chooseProvider({}, {}), chooseProvider({}, {})];
    expect(first.webhookSecret).toMatch(/^whsec_[0-9a-f]{48}$/);
    expect(second.webhookSecret).not.toBe(first.webhookSecret);
    expect(second.apiKey).not.toBe(first.apiKey);
  });

  it('reads nothing else of the environment', () => {
    const env = { TWELVELABS_API_KEY: 'tlk_a', API_KEY: 'tlk_b', TWELVE_LABS_BASE_URL: 'http://x' };
    expect(chooseProvider(env, {}).kind).toBe('box');
  });
});

describe('a base URL', () => {
  it.each([
    ['https://api.twelvelabs.io/v1.3/', 'https://api.twelvelabs.io/v1.3'],
    ['https://example.com/proxy/v1.3', 'https://example.com/proxy/v1.3'],
    ['http://localhost:4000/v1.4', 'http://localhost:4000/v1.4'],
  ])('%s is used as %s', (TWELVELABS_BASE_URL, baseUrl) => {
    expect(chooseProvider({ TWELVELABS_BASE_URL }, {}).baseUrl).toBe(baseUrl);
  });

  it.each([
    ['localhost:4000/v1.3', /is no http\(s\) URL: localhost/],
    ['ftp://example.com/v1.3', /is no http\(s\) URL: ftp/],
    ['nonsense', /is no http\(s\) URL: nonsense/],
    ['http://', /is no http\(s\) URL/],
    ['https://api.twelvelabs.io', /must include the version, as in https:.+\/v1\.3; it is/],
    ['https://api.twelvelabs.io/v1', /must include the version/],
    ['https://api.twelvelabs.io/v1.3/assets', /must include the version/],
    ['https://api.twelvelabs.io/?v=/v1.3', /must include the version/],
  ])('%s is refused, with what is wrong', (TWELVELABS_BASE_URL, message) => {
    expect(() => chooseProvider({ TWELVELABS_BASE_URL }, {})).toThrow(UserError);
    expect(() => chooseProvider({ TWELVELABS_BASE_URL }, {})).toThrow(message);
  });
});
