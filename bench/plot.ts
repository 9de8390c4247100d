export interface Series {
  readonly label: string
  readonly points: readonly { x: number; y: number }[]
}

export interface Plot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly series: readonly Series[]
}

const WIDTH = 720
const HEIGHT = 360
const LEFT = 70
const RIGHT = 20
const TOP = 48
const BOTTOM = 52
/** Told apart on light and on dark ground, and by who sees no red or no green. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7']

/** Lines over a logarithmic x and a y that begins at zero, so that a flat line looks flat and a loss looks like one. */
export function svg({ title, x, y, series }: Plot): string {
  const points = series.flatMap((s) => s.points)
  const xs = [...new Set(points.map((p) => p.x))].sort((a, b) => a - b)
  const [from, to] = [Math.log(xs[0] ?? 1), Math.log(xs.at(-1) ?? 1)]
  const step = niceStep(Math.max(...points.map((p) => p.y), 1) / 4)
  const top = Math.ceil(Math.max(...points.map((p) => p.y), 1) / step) * step
  const atX = (value: number) =>
    LEFT + (to === from ? 0.5 : (Math.log(value) - from) / (to - from)) * (WIDTH - LEFT - RIGHT)
  const atY = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)
  const text = (at: [number, number], anchor: string, words: string, more = '') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`
  const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">
<style>text { font: 13px system-ui, sans-serif; fill: #6b7280 } .t { font-weight: 600 }</style>
${text([LEFT, 20], 'start', title, ' class="t"')}
${series.map(({ label }, i) => `<rect x="${LEFT + i * 190}" y="30" width="12" height="4" fill="${colour(i)}"/>${text([LEFT + 18 + i * 190, 37], 'start', label)}`).join('\n')}
${lines.map((v) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${atY(v).toFixed(1)}" y2="${atY(v).toFixed(1)}" stroke="#9ca3af" stroke-opacity="0.35"/>${text([LEFT - 8, atY(v) + 4], 'end', short(v))}`).join('\n')}
${xs.map((v) => text([atX(v), HEIGHT - BOTTOM + 20], 'middle', short(v))).join('\n')}
${text([(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10], 'middle', x)}
${text([16, HEIGHT / 2], 'middle', y, ` transform="rotate(-90 16 ${HEIGHT / 2})"`)}
${series
  .map(({ points: own }, i) => {
    const path = own.map((p) => `${atX(p.x).toFixed(1)},${atY(p.y).toFixed(1)}`).join(' ')
    const dots = own.map((p) => `<circle cx="${atX(p.x).toFixed(1)}" cy="${atY(p.y).toFixed(1)}" r="3.5"/>`).join('')
    return `<g fill="${colour(i)}"><polyline points="${path}" fill="none" stroke="${colour(i)}" stroke-width="2"/>${dots}</g>`
  })
  .join('\n')}
</svg>
`
}

function colour(i: number): string {
  return COLOURS[i % COLOURS.length] as string
}

/** 1, 2 or 5 times a power of ten, not below the wanted. */
function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return ([1, 2, 5].find((n) => n * power >= wanted) ?? 10) * power
}

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`
  return value >= 1e3 ? `${value / 1e3} k` : String(value)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
