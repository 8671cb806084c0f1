import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** Does what a printed curl line says, its words read by a shell; resolves with the JSON answer. */
// biome-ignore lint/suspicious/noExplicitAny: the answer is what the test is about
export async function runCurl(line: string): Promise<any> {
  const script = `curl() { printf '%s\\0' "$@"; }; ${line}`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script]);
  const words = stdout.split('\0').slice(0, -1);
  const after = (option: string) => words.filter((_, index) => words[index - 1] === option);
  const [data] = after('-d');
  const body = after('-F').length > 0 ? formOf(after('-F')) : data;
  const response = await fetch(words.at(-1) ?? '', {
    headers: after('-H').map((header) => header.split(': ') as [string, string]),
    ...(body !== undefined && { method: 'POST', body }),
  });
  return await response.json();
}

function formOf(fields: readonly string[]): FormData {
  const form = new FormData();
  for (const field of fields) {
    const [, name = '', at, value = ''] = /^(\w+)=(@?)(.*)$/.exec(field) ?? [];
    if (at) form.set(name, new Blob([readFileSync(value)]), basename(value));
    else form.set(name, value);
  }
  return form;
}
