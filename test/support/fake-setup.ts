import type { SecretPrompt } from '../../cli/setup/secret-prompt.ts';
import type { StoredSecret } from '../../cli/setup/stored-secret.ts';

/** Somebody who gives these answers, one after the other, and then no more. */
export function fakePrompt(
  answers: readonly string[],
  { isInteractive = true, says = false } = {},
): SecretPrompt & { readonly asked: readonly string[] } {
  const left = [...answers];
  const asked: string[] = [];
  return {
    asked,
    isInteractive,
    ask: async (question) => {
      asked.push(question);
      return left.shift();
    },
    confirm: async (question) => {
      asked.push(question);
      return says;
    },
    close: () => {},
  };
}

/** A secret in memory, and what was written into it. */
export function fakeStored(text: string): StoredSecret & { readonly written: readonly string[] } {
  const written: string[] = [];
  return {
    written,
    read: async () => written.at(-1) ?? text,
    write: async (next) => {
      written.push(next);
    },
  };
}
