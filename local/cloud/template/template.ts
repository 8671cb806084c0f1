import * as z from 'zod';
import type { JsonObject } from './json.ts';

const json = z.json() as z.ZodType<JsonObject[string]>;
const jsonObject = z.record(z.string(), json) as z.ZodType<JsonObject>;

const resource = z.object({
  Type: z.string(),
  Properties: jsonObject.default({}),
  Condition: z.string().optional(),
  CreationPolicy: json.optional(),
  UpdatePolicy: json.optional(),
});

/** A CloudFormation template, as far as the local cloud reads it. */
export const templateSchema = z.object({
  Parameters: z
    .record(z.string(), z.object({ Type: z.string(), Default: json.optional() }))
    .default({}),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.object({ Value: json })).default({}),
  Transform: json.optional(),
});

export type Template = z.infer<typeof templateSchema>;
export type Resource = z.infer<typeof resource>;
