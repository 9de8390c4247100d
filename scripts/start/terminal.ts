/** What is written for people: progress line by line, colours only on a terminal that wants them. */
import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

export interface Terminal {
  readonly width: number
  /** Colours when the terminal shows them and nobody said NO_COLOR. */
  paint(style: Style, text: string): string
  line(text?: string): void
  /** Shows that something is under way, and how far it says that it is; then a line with the time that it took. */
  step<T>(what: string, run: (tell: (progress: string) => void) => Promise<T>, done?: (result: T) => string): Promise<T>
  /** Stops showing what is under way. */
  clear(): void
}

export function terminal(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal {
  const isTty = stream.isTTY === true
  const colours = isTty && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const paint = (style: Style, text: string) => (colours ? styleText(style, text, { validateStream: false }) : text)
  const underWay = new Map<string, string>()
  const clear = () => {
    if (isTty) stream.write('\r\x1b[K')
  }
  const show = () => {
    if (isTty && underWay.size > 0) stream.write(`\r\x1b[K  ${paint('dim', `… ${[...underWay.values()].join(', ')}`)}`)
  }
  const line = (text = '') => {
    clear()
    stream.write(`${text}\n`)
    show()
  }
  return {
    width: stream.columns ?? 100,
    paint,
    line,
    clear: () => {
      underWay.clear()
      clear()
    },
    async step(what, run, done) {
      const startedMs = performance.now()
      underWay.set(what, what)
      show()
      const tell = (progress: string) => {
        if (!underWay.has(what)) return
        underWay.set(what, `${what}: ${progress}`)
        show()
      }
      try {
        const result = await run(tell)
        if (!underWay.delete(what)) return result // all was over meanwhile
        const seconds = `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
        line(`  ${paint('green', '✔')} ${(done ? done(result) : what).padEnd(60)} ${paint('dim', seconds)}`)
        return result
      } catch (error) {
        underWay.delete(what)
        clear()
        throw error
      }
    },
  }
}

/** Lines in a frame; where the terminal is too narrow for it, the lines alone. */
export function framed(lines: readonly { text: string; style?: Style }[], out: Terminal): string[] {
  const inner = Math.max(...lines.map(({ text }) => text.length))
  const painted = ({ text, style }: { text: string; style?: Style }) => {
    const padded = text.padEnd(inner)
    return style ? out.paint(style, padded) : padded
  }
  if (inner + 6 > out.width) return lines.map((each) => painted(each).trimEnd())
  const edge = (text: string) => out.paint('dim', text)
  return [
    edge(`╭${'─'.repeat(inner + 4)}╮`),
    ...lines.map((each) => `${edge('│')}  ${painted(each)}  ${edge('│')}`),
    edge(`╰${'─'.repeat(inner + 4)}╯`),
  ]
}
