/** What the doctor says of one thing: it is well, it is to be known, or something is to be done. */
export interface Line {
  readonly mark: 'ok' | 'warning' | 'failed';
  readonly name: string;
  readonly text: string;
}

const MARKS = { ok: '✓', warning: '!', failed: '✗' } as const;

export const ok = (name: string, text: string): Line => ({ mark: 'ok', name, text });
export const warning = (name: string, text: string): Line => ({ mark: 'warning', name, text });
export const failed = (name: string, text: string): Line => ({ mark: 'failed', name, text });

/** The line as it is printed: one line, whatever somebody else's words have in them. */
export function lineText({ mark, name, text }: Line): string {
  return `${MARKS[mark]} ${name}: ${text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()}`;
}

/** A length of time as one would say it. */
export function span(seconds: number): string {
  const units = [
    { name: 's', seconds: 1, upTo: 120 },
    { name: 'min', seconds: 60, upTo: 7_200 },
    { name: 'h', seconds: 3_600, upTo: 172_800 },
    { name: 'days', seconds: 86_400, upTo: Number.POSITIVE_INFINITY },
  ];
  const unit = units.find(({ upTo }) => seconds < upTo) ?? { name: 's', seconds: 1 };
  return `${Math.round(seconds / unit.seconds)} ${unit.name}`;
}

/** A moment, to the second, as it stands in the table. */
export function moment(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A number with its thousands set apart. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}
