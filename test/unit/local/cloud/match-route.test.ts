import { expect, it } from 'vitest';
import { matchRoute } from '../../../../local/cloud/http/match-route.ts';

const routes = [
  '$default',
  'ANY /{proxy+}',
  'GET /videos/{id}',
  'ANY /videos/{id}',
  'GET /videos/new',
  'POST /videos/{id}/segments/{rest+}',
].map((routeKey) => ({ routeKey, functionLogicalId: 'F', timeoutMs: 1000 }));

it.each([
  ['GET', '/videos/new', 'GET /videos/new', {}],
  ['GET', '/videos/7', 'GET /videos/{id}', { id: '7' }],
  ['GET', '/videos/a%20b', 'GET /videos/{id}', { id: 'a b' }],
  ['PUT', '/videos/7', 'ANY /videos/{id}', { id: '7' }],
  [
    'POST',
    '/videos/7/segments/a/b',
    'POST /videos/{id}/segments/{rest+}',
    { id: '7', rest: 'a/b' },
  ],
  ['GET', '/other/path', 'ANY /{proxy+}', { proxy: 'other/path' }],
  ['GET', '/', '$default', {}],
])('takes %s %s by %s', (method, path, routeKey, pathParameters) => {
  const matched = matchRoute(routes, method, path);

  expect(matched?.route.routeKey).toBe(routeKey);
  expect(matched?.pathParameters).toEqual(pathParameters);
});

it('takes nothing where no route leads', () => {
  const [, , only] = routes;

  expect(matchRoute(only ? [only] : [], 'POST', '/videos/7')).toBeUndefined();
  expect(matchRoute(only ? [only] : [], 'GET', '/videos/')).toBeUndefined();
});
