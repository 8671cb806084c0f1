import { CloudError } from '../cloud-error.ts';

/** The one logical id that is, or begins with, `prefix`: CDK adds a hash to the names in the app. */
export function findByPrefix(logicalIds: Iterable<string>, prefix: string, what: string): string {
  const all = [...logicalIds];
  if (all.includes(prefix)) return prefix;
  const [found, ...others] = all.filter((logicalId) => logicalId.startsWith(prefix));
  if (found !== undefined && others.length === 0) return found;
  const problem = found === undefined ? 'no' : 'more than one';
  throw new CloudError(`${problem} ${what} begins with ${prefix}; there are: ${all.join(', ')}`);
}
