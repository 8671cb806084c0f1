import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { invalidParameter } from '../http/api-error.ts';

/** The form of POST /assets, its file on disk. */
export interface UploadForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file?: UploadedFile;
}

/** The file of a form. */
export interface UploadedFile {
  readonly path: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** The file was longer than the limit; what lies beyond it was read and thrown away. */
  readonly isTooLarge: boolean;
}

/** Reads a whole form, one chunk in memory at a time; the caller removes `path`. */
export async function takeUpload(
  request: FastifyRequest,
  path: string,
  maxBytes: number,
): Promise<UploadForm> {
  if (!request.isMultipart()) {
    throw invalidParameter('body', 'The content type must be multipart/form-data.');
  }
  try {
    return await readForm(request, path, maxBytes);
  } catch (error) {
    // A form that can't be read is the client's fault; a disk that can't be written is ours.
    if (error instanceof Error && 'syscall' in error) throw error;
    throw invalidParameter('body', `The form could not be read: ${(error as Error).message}.`);
  }
}

async function readForm(
  request: FastifyRequest,
  path: string,
  maxBytes: number,
): Promise<UploadForm> {
  const fields: Record<string, string> = {};
  let file: UploadedFile | undefined;
  for await (const part of request.parts({ limits: { fileSize: maxBytes, files: 1 } })) {
    if (part.type === 'field') {
      fields[part.fieldname] = String(part.value);
    } else if (part.fieldname === 'file') {
      file = await saveFile(part, path);
    } else {
      part.file.resume();
      fields[part.fieldname] = '';
    }
  }
  return { fields, ...(file && { file }) };
}

async function saveFile(part: MultipartFile, path: string): Promise<UploadedFile> {
  await pipeline(part.file, createWriteStream(path));
  return {
    path,
    filename: part.filename,
    mimeType: part.mimetype,
    sizeBytes: part.file.bytesRead,
    isTooLarge: part.file.truncated,
  };
}
