import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { ResolvedResource } from '../template/stack.ts';

/** A resource's properties as we know them to be; names the resource when they are not. */
export function readProperties<T>(resource: ResolvedResource, schema: z.ZodType<T>): T {
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  const where = `${resource.logicalId} (${resource.type})`;
  throw new CloudError(`${where}: ${z.prettifyError(result.error)}`);
}
