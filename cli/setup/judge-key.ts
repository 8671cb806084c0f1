import type { ApiKeyFacts } from '../doctor/api-key.ts';

/** What is to be done with a key: stored, not stored, or stored if somebody insists. */
export interface KeyVerdict {
  readonly kind: 'accepted' | 'refused' | 'unknown';
  readonly words: string;
}

/** What TwelveLabs' answer to a key means for storing it; says nothing of the key. */
export function judgeKey(answer: ApiKeyFacts['answer'], baseUrl: string): KeyVerdict {
  if (answer.kind === 'accepted') {
    return { kind: 'accepted', words: `TwelveLabs accepts it, at ${baseUrl}` };
  }
  if (answer.kind === 'silent') {
    return { kind: 'unknown', words: `no answer from ${baseUrl} (${answer.why})` };
  }
  const { status, code } = answer;
  // A code of the provider's is words of others, in which the key might be quoted.
  const said = `HTTP ${status}${/^[a-z]+(_[a-z]+)*$/.test(code) ? ` ${code}` : ''}`;
  if (status === 401 || status === 403) {
    return { kind: 'refused', words: `TwelveLabs refuses it (${said})` };
  }
  if (status === 429) return { kind: 'unknown', words: `over the account's rate (${said})` };
  return { kind: 'unknown', words: `${baseUrl} answers ${said}` };
}
