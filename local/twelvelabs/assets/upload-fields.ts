import { basename } from 'node:path';
import * as z from 'zod';
import { missingParameter } from '../http/api-error.ts';
import { readParameters } from '../http/read-parameters.ts';
import type { UploadForm } from './take-upload.ts';

const flag = z.enum(['true', 'false']).optional();

const metadataValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

const userMetadata = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'It is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), metadataValue));

const uploadFields = z.strictObject({
  method: z.enum(['direct', 'url']),
  url: z.url({ protocol: /^https?$/ }).optional(),
  filename: z.string().min(1).max(255).optional(),
  enable_hls: flag,
  enable_thumbnail: flag,
  user_metadata: userMetadata.optional(),
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

const mimeTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mkv: 'video/x-matroska',
  ts: 'video/MP2T',
  avi: 'video/x-msvideo',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
};

/** The type that a name promises, before anyone has looked into the file. */
export function promisedType(filename: string): string {
  const extension = filename.split('.').at(-1)?.toLowerCase() ?? '';
  return mimeTypes[extension] ?? 'application/octet-stream';
}

function nameIn(url: string): string {
  const name = basename(new URL(url).pathname);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
