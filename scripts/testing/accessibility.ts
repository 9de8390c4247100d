/** axe in the pages of `*.page.test.ts`, in the page itself: no second page is opened to put the findings together. */
import axe, { type Result } from 'axe-core'
import type { Page } from 'playwright-core'

/** WCAG 2.2 AA. */
export const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * What axe finds wrong with a page as it is now.
 * @param tags of the rules that are tried: by default WCAG 2.2 AA and what axe calls good practice.
 * @param exclude selector of what is not looked at.
 */
export async function violationsOf(
  page: Page,
  { tags = [...WCAG, 'best-practice'], exclude }: { tags?: string[]; exclude?: string } = {},
): Promise<Result[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(`${axe.source}; undefined`)
  const context = exclude ? { exclude: [[exclude]] } : {}
  const options = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }
  return page.evaluate<Result[]>(
    `axe.run({ include: [['html']], ...${JSON.stringify(context)} }, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  )
}
