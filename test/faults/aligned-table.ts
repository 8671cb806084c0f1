type Cell = string | number;

/** Rows under each other, the first column to the left and the others to the right. */
export function alignedTable(rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(textOf));
  const widths = texts.reduce<number[]>((widest, row) => {
    for (const [at, text] of row.entries()) widest[at] = Math.max(widest[at] ?? 0, text.length);
    return widest;
  }, []);
  return texts
    .map((row) => {
      const padded = row.map((text, at) => pad(text, widths[at] ?? 0, at));
      return `  ${padded.join('  ')}`.trimEnd();
    })
    .join('\n');
}

function pad(text: string, width: number, at: number): string {
  return at === 0 ? text.padEnd(width) : text.padStart(width);
}

function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? cell.toLocaleString('en') : cell.toFixed(2);
}
