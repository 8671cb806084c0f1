/** A table, and some room. */
export function printTable(table: string): void {
  process.stdout.write(`${table}\n\n`);
}

/** What is under way, for whoever waits. */
export function printProgress(words: string): void {
  process.stderr.write(`${words} …\n`);
}
