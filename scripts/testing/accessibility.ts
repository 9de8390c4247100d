/** axe in the pages of `*.page.test.ts`, in the page itself: no second page is opened to put the findings together. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Result } from 'axe-core'
import type { Page } from 'playwright-core'

/** WCAG 2.2 AA. */
export const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** axe as it is published for pages: half as large as the file that `import` gives. */
export const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/**
 * What axe finds wrong with a page as it is now.
 * @param tags of the rules that are tried: by default WCAG 2.2 AA and what axe calls good practice.
 * @param exclude selector of what is not looked at.
 * @param from path at the page's own server that answers with AXE: a browser keeps what it has compiled of an address, and
 *   compiling takes as long as looking. By default the page is handed the text.
 */
export async function violationsOf(
  page: Page,
  { tags = [...WCAG, 'best-practice'], exclude, from }: { tags?: string[]; exclude?: string; from?: string } = {},
): Promise<Result[]> {
  if (!(await page.evaluate<boolean>('"axe" in window')))
    await page.evaluate(from ? loading(from) : `${AXE}; undefined`)
  const context = exclude ? { exclude: [[exclude]] } : {}
  const options = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }
  return page.evaluate<Result[]>(
    `axe.run({ include: [['html']], ...${JSON.stringify(context)} }, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )
}

const loading = (path: string) => `new Promise((done, fail) => {
  const script = document.createElement('script')
  script.onload = () => done(script.remove())
  script.onerror = () => fail(new Error('The page’s server does not answer ${path} with axe.'))
  script.src = '${path}'
  document.head.append(script)
})`
