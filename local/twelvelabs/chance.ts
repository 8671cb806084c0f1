import { createHash } from 'node:crypto';

/** A number from 0 up to 1 that is always the same for the same parts: chance that repeats. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  const digest = createHash('sha256').update(parts.join('\u0000')).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** One of the choices, always the same for the same parts. */
export function pickOf<T>(choices: readonly T[], ...parts: readonly (string | number)[]): T {
  const choice = choices[Math.floor(fractionOf(...parts) * choices.length)];
  if (choice === undefined) throw new RangeError('nothing to pick from');
  return choice;
}

/** Hands out ids as the provider writes them: 24 hex digits that begin with the second of creation. */
export function createIdMaker(nowMs: () => number): (digits?: number) => string {
  let count = 0;
  return (digits = 24) => {
    count += 1;
    const second = Math.floor(nowMs() / 1000);
    const rest = createHash('sha256').update(`reelbatch-box ${second} ${count}`).digest('hex');
    return (second.toString(16).padStart(8, '0') + rest).slice(0, digits);
  };
}
