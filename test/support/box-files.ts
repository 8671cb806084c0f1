import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** The folders of boxes; test files run in processes of their own, so only of this one's start. */
export function boxFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`twelvelabs-box-${process.pid}-`));
}

/** The bytes that boxes keep on disk now. */
export function boxFiles(): string[] {
  return boxFolders().flatMap((name) => readdirSync(`${tmpdir()}/${name}`));
}
