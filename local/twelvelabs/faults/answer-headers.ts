import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';

/** They say how the body is written, which is not for a fault to choose. */
const framing = ['content-length', 'transfer-encoding', 'trailer'];

const name = z
  .string()
  .refine((text) => isValid(() => validateHeaderName(text)), 'It is no name of a header')
  .refine((text) => !framing.includes(text.toLowerCase()), 'The box writes it itself');

const value = z
  .string()
  .refine((text) => isValid(() => validateHeaderValue('any', text)), 'No header can hold it');

/** Headers of an answer; one that HTTP can't carry would fail only when it is written, too late. */
export const answerHeaders = z.record(name, value);

function isValid(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}
