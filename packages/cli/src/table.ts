const FIGURE = /^(–|\d[\d.]*( [KMGT]?i?B)?)$/

/** Rows below their heads, columns two spaces apart; those whose cells are all figures stand to the right. */
export function tableText(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const isFigure = heads.map((_, at) => rows.length > 0 && rows.every((row) => FIGURE.test(row[at] ?? '–')))
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (isFigure[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(heads), ...rows.map(line)].join('\n')
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power]}`
}
