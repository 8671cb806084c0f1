import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findFiles } from '../../../local/find-files.ts';
import { UserError } from '../../../local/user-error.ts';

const isRoot = process.getuid?.() === 0;

describe('the files for some paths', () => {
  it('are a file under its name, wherever it lies', async () => {
    const folder = await aFolder({ 'deep/down/a.mp4': '12345' });
    const path = join(folder, 'deep/down/a.mp4');
    expect(await findFiles([path])).toEqual([{ path, key: 'a.mp4', sizeBytes: 5 }]);
  });

  it('are all below a folder, in order, under their paths from there', async () => {
    const folder = await aFolder({
      'b.mp4': '',
      'football/goals.mp4': '',
      'a/b/c.mp4': '',
      'A.mp4': '',
    });
    expect(await keysIn(folder)).toEqual(['A.mp4', 'a/b/c.mp4', 'b.mp4', 'football/goals.mp4']);
  });

  it('are those of several paths together', async () => {
    const folder = await aFolder({ 'one/a.mp4': '', 'two/b.mp4': '', 'c.mp4': '' });
    const paths = ['one', 'two', 'c.mp4'].map((name) => join(folder, name));
    const files = await findFiles(paths);
    expect(files.map(({ key }) => key)).toEqual(['a.mp4', 'b.mp4', 'c.mp4']);
  });

  it.each(['', '/', '/.', '/../x'])(
    'are the same however the folder is written: x%s',
    async (end) => {
      const folder = await aFolder({ 'x/a.mp4': '' });
      expect(await keysIn(`${join(folder, 'x')}${end}`)).toEqual(['a.mp4']);
    },
  );

  it('leave out hidden files and what lies in hidden folders', async () => {
    const folder = await aFolder({
      '.DS_Store': '',
      '.git/a.mp4': '',
      'a/.b.mp4': '',
      'a.b.mp4': '',
    });
    expect(await keysIn(folder)).toEqual(['a.b.mp4']);
  });

  it('are hidden ones too when they are named', async () => {
    const folder = await aFolder({ '.clips/.a.mp4': '' });
    expect(await keysIn(join(folder, '.clips/.a.mp4'))).toEqual(['.a.mp4']);
    await writeFile(join(folder, '.clips/b.mp4'), '');
    expect(await keysIn(join(folder, '.clips'))).toEqual(['b.mp4']);
  });

  it('include empty ones and those that are no videos: the pipeline says so', async () => {
    const folder = await aFolder({ 'empty.mp4': '', 'notes.txt': 'x' });
    expect(await keysIn(folder)).toEqual(['empty.mp4', 'notes.txt']);
  });
});

describe('the name of a file', () => {
  it('is kept, spaces and other scripts included', async () => {
    const name = "Köln 東京 – matinée 🎬 +%20#'.mp4".normalize('NFC');
    const folder = await aFolder({ [name]: '' });
    expect(await keysIn(folder)).toEqual([name]);
  });

  it('becomes one key however its accents are coded, and is read under its own', async () => {
    const decomposed = 'matinée.mp4'.normalize('NFD');
    const folder = await aFolder({ [decomposed]: '' });
    expect(await findFiles([folder])).toMatchObject([
      { key: 'matinée.mp4'.normalize('NFC'), path: join(folder, decomposed) },
    ]);
  });

  it('may be as long as a key may be, and no longer', async () => {
    const deep = (bytes: number) =>
      `${'d'.repeat(99)}/`.repeat(10) + 'é'.repeat((bytes - 1_000) / 2);
    expect(await keysIn(await aFolder({ [deep(1_024)]: '' }))).toEqual([deep(1_024)]);
    await expect(findFiles([await aFolder({ [deep(1_026)]: '' })])).rejects.toThrow(
      /^the key of .+ would have over 1024 bytes$/,
    );
  });
});

describe('a link', () => {
  it('to a file is that file', async () => {
    const folder = await aFolder({ 'target/a.mp4': '123', 'x/b.mp4': '' });
    await symlink(join(folder, 'target/a.mp4'), join(folder, 'x/a.mp4'));
    expect(await findFiles([join(folder, 'x')])).toMatchObject([
      { key: 'a.mp4', sizeBytes: 3 },
      { key: 'b.mp4' },
    ]);
  });

  it('to a folder is left out below a folder, and followed when it is named', async () => {
    const folder = await aFolder({ 'target/a.mp4': '', 'x/b.mp4': '' });
    await symlink(join(folder, 'target'), join(folder, 'x/linked'));
    expect(await keysIn(join(folder, 'x'))).toEqual(['b.mp4']);
    expect(await keysIn(join(folder, 'x/linked'))).toEqual(['a.mp4']);
  });
});

describe('a path that is no good', () => {
  it('because nothing is there is named', async () => {
    const path = join(await aFolder({}), 'missing.mp4');
    await refuses([path], `${path}: there is no such file or folder`);
  });

  it('because the folder holds nothing is named', async () => {
    const folder = await aFolder({ '.hidden.mp4': '' });
    await refuses([folder], `there is no file in ${folder}`);
  });

  it('because it is a device is named', async () => {
    await refuses(['/dev/null'], '/dev/null is neither a file nor a folder');
  });

  it('because a link below it leads nowhere is named', async () => {
    const folder = await aFolder({ 'a.mp4': '' });
    await symlink(join(folder, 'missing'), join(folder, 'b.mp4'));
    await refuses([folder], `${join(folder, 'b.mp4')}: there is no such file or folder`);
  });

  it('because a link leads to itself is named', async () => {
    const path = join(await aFolder({}), 'loop.mp4');
    await symlink(path, path);
    await refuses([path], `${path}: it is a link that leads nowhere`);
  });

  it.skipIf(isRoot)('because its file may not be read is named', async () => {
    const folder = await aFolder({ 'a.mp4': '' });
    await chmod(join(folder, 'a.mp4'), 0o000);
    await refuses([folder], `${join(folder, 'a.mp4')}: you may not read it`);
  });

  it.skipIf(isRoot)('because a folder below it may not be read is named', async () => {
    const folder = await aFolder({ 'x/a.mp4': '' });
    await chmod(join(folder, 'x'), 0o000);
    onTestFinished(() => chmod(join(folder, 'x'), 0o700));
    await refuses([folder], `${join(folder, 'x')}: you may not read it`);
  });

  it('does not hide behind one that is good', async () => {
    const folder = await aFolder({ 'a.mp4': '' });
    await expect(findFiles([folder, join(folder, 'missing')])).rejects.toThrow(UserError);
  });
});

describe('two files', () => {
  it('that would become the same key are both named', async () => {
    const folder = await aFolder({ 'one/a.mp4': '', 'two/a.mp4': '' });
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    await refuses(
      [one, two],
      `${join(one, 'a.mp4')} and ${join(two, 'a.mp4')} would both become the key a.mp4`,
    );
  });

  it('that are one path given twice are refused too', async () => {
    const path = join(await aFolder({ 'a.mp4': '' }), 'a.mp4');
    await refuses([path, path], `${path} and ${path} would both become the key a.mp4`);
  });
});

describe('the size of all files', () => {
  it('may be what the local S3 holds, and no more', async () => {
    const folder = await aFolder({ 'a.mp4': '', 'b.mp4': '' });
    await truncate(join(folder, 'a.mp4'), 4 * 1024 ** 3);
    expect(await keysIn(folder)).toHaveLength(2);
    await truncate(join(folder, 'b.mp4'), 1);
    await expect(findFiles([folder])).rejects.toThrow(/have 4\.0 GiB together; .+ give fewer/);
  });
});

async function keysIn(path: string): Promise<string[]> {
  return (await findFiles([path])).map(({ key }) => key);
}

async function refuses(paths: readonly string[], message: string): Promise<void> {
  await expect(findFiles(paths)).rejects.toThrow(new UserError(message));
}

/** A folder of its own with these files, gone when the test has finished. */
async function aFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'find-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}
