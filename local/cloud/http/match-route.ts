import type { HttpRoute } from '../resources/http-routes.ts';

/** A route that takes a request, with what its path's variables stand for. */
export interface MatchedRoute {
  readonly route: HttpRoute;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The route that API Gateway would take: the most specific path first, `$default` last. */
export function matchRoute(
  routes: readonly HttpRoute[],
  method: string,
  path: string,
): MatchedRoute | undefined {
  const candidates = routes.flatMap((route) => {
    const [routeMethod = '', routePath] = route.routeKey.split(' ');
    if (routePath === undefined || ![method, 'ANY'].includes(routeMethod)) return [];
    const pathParameters = matchPath(routePath, path);
    const rank = `${specificity(routePath)}${routeMethod === 'ANY' ? 0 : 1}`;
    return pathParameters ? [{ route, pathParameters, rank }] : [];
  });
  const [best] = candidates.sort((one, other) => (one.rank < other.rank ? 1 : -1));
  if (best) return best;
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  return fallback && { route: fallback, pathParameters: {} };
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const parts = pattern.split('/');
  const given = path.split('/');
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const name = /^\{(.+?)\+?\}$/.exec(part)?.[1];
    const isGreedy = part.endsWith('+}');
    const value = isGreedy ? given.slice(index).join('/') : given[index];
    if (value === undefined || (name !== undefined && value === '')) return undefined;
    if (name === undefined && value !== part) return undefined;
    if (name !== undefined) parameters[name] = decodeURIComponent(value);
    if (isGreedy) return parameters;
  }
  return parts.length === given.length ? parameters : undefined;
}

/** Sorts a fixed part above a variable, and a variable above a greedy one, from the left. */
function specificity(pattern: string): string {
  return pattern
    .split('/')
    .map((part) => (part.endsWith('+}') ? '0' : part.startsWith('{') ? '1' : '2'))
    .join('');
}
