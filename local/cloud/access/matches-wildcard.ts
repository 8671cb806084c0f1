/**
 * Whether a pattern of a policy fits a whole text: `*` stands for any number of characters, `?` for
 * one (IAM User Guide, "Using wildcards"). Upper and lower case differ.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  // Where to go on when what follows the last star does not fit: one character later.
  let afterStar = -1;
  let retryAt = 0;
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      afterStar = ++inPattern;
      retryAt = at;
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[at])) {
      inPattern++;
      at++;
    } else if (afterStar >= 0) {
      inPattern = afterStar;
      at = ++retryAt;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}

const ARN_SEGMENTS = 6;

/**
 * Whether the resource of a policy covers an ARN. A wildcard stays within its segment, of which there
 * are six, divided by colons; a lone `*` covers everything.
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*' || pattern === arn) return true;
  const patterns = segments(pattern);
  const texts = segments(arn);
  return (
    patterns.length === texts.length &&
    patterns.every((one, index) => matchesWildcard(one, texts[index] ?? ''))
  );
}

function segments(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, ARN_SEGMENTS - 1), parts.slice(ARN_SEGMENTS - 1).join(':')];
}
