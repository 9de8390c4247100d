import type { App } from 'cascata'
import { flowText } from './print-flow.ts'
import { FlowError, readTypes } from './read-types.ts'
import { type Wiring, wiringOf } from './wiring.ts'

export const FLOW_GOLDEN = 'apps/academy/flow.golden.txt'

/**
 * @param entry module that exports `app`, absolute.
 * @param root of the repository, absolute: places are told relative to it.
 * @returns `golden` is the text without numbers of lines: a line that is added above a handler changes no wiring.
 */
export async function flowOf(entry: string, root: string): Promise<{ wiring: Wiring; text: string; golden: string }> {
  const { app } = (await import(entry)) as { app?: App }
  if (!app?.commandHandlers) throw new FlowError(`${entry} exports no \`app\` made by createApp.`)
  const wiring = wiringOf(app, readTypes(entry, root), root)
  return {
    wiring,
    text: flowText(wiring, (at) => at),
    golden: `${flowText(wiring, (at) => at.replace(/:\d+$/, ''))}\n`,
  }
}
