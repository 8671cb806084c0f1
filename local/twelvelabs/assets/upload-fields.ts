import { basename } from 'node:path';
import * as z from 'zod';
import { missingParameter } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { UploadForm } from './take-upload.ts';
import { userMetadata } from './user-metadata.ts';

const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

const metadataText = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'It is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(userMetadata);

const uploadFields = z.strictObject({
  method: z.enum(['direct', 'url']),
  url: z.url({ protocol: /^https?$/ }).optional(),
  filename: z.string().min(1).max(255).optional(),
  enable_hls: flag,
  enable_thumbnail: flag,
  user_metadata: metadataText.optional(),
});

/** The fields of a valid POST /assets. */
export type UploadFields = z.infer<typeof uploadFields> & { readonly filename: string };

/** Reads the fields of POST /assets, or throws the refusal for the first that is wrong. */
export function readUploadFields(form: UploadForm): UploadFields {
  const fields = readParameters(uploadFields, form.fields);
  if (fields.method === 'url' && fields.url === undefined) throw missingParameter('url');
  if (fields.method === 'direct' && !form.file) throw missingParameter('file');
  const filename = fields.filename ?? form.file?.filename ?? nameIn(fields.url ?? '');
  return { ...fields, filename: filename || 'untitled' };
}

function nameIn(url: string): string {
  const name = basename(new URL(url).pathname);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
