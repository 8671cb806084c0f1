import { decode, MalformedMessageError } from '../decode.ts';
import { type ResultLine, resultLine } from './schemas.ts';

/**
 * One line of a batch's results.
 * @throws MalformedMessageError for what is no UTF-8, no JSON or no result; never puts other characters
 *   in the place of broken ones
 */
export function readResultLine(bytes: Uint8Array): ResultLine {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedMessageError('not UTF-8');
  }
  return decode(resultLine, text);
}

/** Those of some lines that are results, each with its bytes; the others are passed over. */
export function* resultLines(lines: readonly Uint8Array[]) {
  for (const bytes of lines) {
    try {
      yield { bytes, line: readResultLine(bytes) };
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
    }
  }
}

/** Among lines that may be about others, or broken, the answer to one item. */
export function answerAmong(
  lines: readonly Uint8Array[],
  customId: string,
): { readonly data: string; readonly lineBytes: number } | undefined {
  for (const { bytes, line } of resultLines(lines)) {
    const isIt = line.custom_id === customId && line.status === 'ready';
    if (isIt && line.data) return { data: line.data.data, lineBytes: bytes.length };
  }
  return undefined;
}
