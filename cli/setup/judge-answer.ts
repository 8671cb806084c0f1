import { LEAST_SECRET_CHARACTERS } from '../../shared/secrets.ts';

/** The most that is believed to be a secret: what is longer is another thing that was pasted. */
const MOST_CHARACTERS = 4_096;
const URL_START = /^https?:\/\//i;
/** What terminals put around a paste for who has asked for it (xterm's bracketed paste mode). */
const PASTE_MARKS = ['\u001b[200~', '\u001b[201~'];

/** What somebody meant to enter: without the blanks and marks that a paste may bring along. */
export function cleanAnswer(line: string): string {
  return PASTE_MARKS.reduce((text, mark) => text.replaceAll(mark, ''), line).trim();
}

/** Why a text can't be an API key, without quoting it; undefined when it may be one. */
export function whyNoKey(text: string): string | undefined {
  if (URL_START.test(text)) return 'that is a URL, not an API key';
  if (text.length > MOST_CHARACTERS) return 'that is too long for an API key';
  if (/^[\x21-\x7e]+$/.test(text)) return undefined;
  return 'an API key has neither blanks in it nor characters beyond ASCII';
}

/** Why a text can't be a signing secret, without quoting it; undefined when it may be one. */
export function whyNoSigningSecret(text: string, apiKey: string | undefined): string | undefined {
  if (URL_START.test(text)) return 'that is a URL: copy the secret that is revealed beside it';
  if (text === apiKey) return 'that is the API key: the signing secret is another one';
  if (/^[{["']/.test(text)) return 'give the secret alone, without JSON or quotes around it';
  if (text.length > MOST_CHARACTERS) return 'that is too long for a signing secret';
  if (/[\s\p{Cc}]/u.test(text)) return 'a signing secret has no blanks in it';
  if (text.length >= LEAST_SECRET_CHARACTERS) return undefined;
  return `a signing secret has at least ${LEAST_SECRET_CHARACTERS} characters`;
}
