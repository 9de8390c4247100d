/**
 * The one look of every e-mail: HTML and plain text from the same words.
 *
 * Constraints that shaped it: mail clients drop `<style>` or rewrite it (so every rule is inline and the `<style>` block only
 * adds dark colours), Outlook lays out tables only, and Gmail clips beyond 102 kB. Accessible: `lang`, one `h1`, layout tables
 * marked `role="presentation"`, the facts as a real table with row headers, 4.5:1 contrast in both themes, text of 16 px.
 * Sources: caniemail.com (prefers-color-scheme, inline styles), W3C WAI tutorial "Tables", WCAG 2.2 §1.4.3.
 * Everything that comes from outside is escaped; a URL that is not http(s) or mailto makes no link. Only what a teacher wrote to
 * students has its addresses made into links: a name that looks like one must not become one.
 */

import { piecesOf } from '../links.ts'

export type EmailAction = { label: string; url: string }

/** `written`: by a person, with addresses that are links. */
export type Paragraph = string | { written: string }

export interface EmailContent {
  locale: 'pt-BR' | 'en'
  /** The heading, and the document's title. */
  title: string
  paragraphs: readonly Paragraph[]
  /** Label and value, in this order. */
  facts?: readonly (readonly [label: string, value: string])[]
  action?: EmailAction
  /** In place of `action`, where there is a choice. */
  actions?: readonly EmailAction[]
  footer: string
  /** Name of the sender above the heading. */
  brand?: string
}

const LINK_FALLBACK = {
  'pt-BR': 'Se o botão não funcionar, copie este endereço no navegador:',
  en: 'If the button does not work, copy this address into your browser:',
} as const

export function renderEmail(content: EmailContent): { html: string; text: string } {
  return { html: html(content), text: text(content) }
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"

const DARK = `
@media (prefers-color-scheme: dark) {
  .page { background-color: #12161c !important }
  .card { background-color: #1b2129 !important; border-color: #323b47 !important }
  .ink { color: #eef1f5 !important }
  .soft { color: #a9b4c2 !important }
  .rule { border-color: #323b47 !important }
  .link { color: #74d3d0 !important }
}
@media (max-width: 480px) { .pad { padding-left: 20px !important; padding-right: 20px !important } }
`.trim()

function html(content: EmailContent): string {
  const { locale, title, paragraphs, facts = [], footer } = content
  const actions = safeActions(content)
  const preview = wordsOf(paragraphs[0] ?? title)
  return `<!doctype html>
<html lang="${escapeHtml(locale)}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>:root { color-scheme: light dark }
${DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f2f4f7">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">${escapeHtml(preview)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f2f4f7">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background-color:#ffffff;border:1px solid #dde2e9;border-radius:10px">
<tr><td class="pad" align="left" style="padding:28px 32px 32px;${FONT}">
${content.brand ? `<p class="soft" style="margin:0 0 16px;font-size:14px;line-height:20px;color:#55606e">${escapeHtml(content.brand)}</p>\n` : ''}<h1 class="ink" style="margin:0 0 16px;font-size:22px;line-height:30px;font-weight:600;color:#17202b">${escapeHtml(title)}</h1>
${paragraphs.map(paragraph).join('\n')}
${facts.length > 0 ? factsTable(facts) : ''}${actions.map((action) => button(action, locale)).join('\n')}
</td></tr>
</table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px">
<tr><td class="soft" align="left" style="padding:16px 20px 0;${FONT};font-size:13px;line-height:20px;color:#55606e">${lines(footer)}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

const wordsOf = (given: Paragraph) => (typeof given === 'string' ? given : given.written)

const paragraph = (given: Paragraph) =>
  `<p class="ink" style="margin:0 0 14px;font-size:16px;line-height:25px;color:#2a3440">${typeof given === 'string' ? lines(given) : linked(given.written)}</p>`

const linked = (words: string) =>
  piecesOf(plain(words))
    .map((piece) =>
      'url' in piece
        ? `<a class="link" href="${escapeHtml(piece.url)}" rel="noopener nofollow" style="color:#046968;word-break:break-all">${lines(piece.text)}</a>`
        : lines(piece.text),
    )
    .join('')

function factsTable(facts: readonly (readonly [string, string])[]): string {
  const rows = facts.map(
    ([label, value]) => `<tr>
<th scope="row" class="soft rule" align="left" valign="top" style="padding:9px 16px 9px 0;border-top:1px solid #e4e8ee;font-size:14px;line-height:21px;font-weight:400;color:#55606e">${escapeHtml(label)}</th>
<td class="ink rule" align="left" valign="top" style="padding:9px 0;border-top:1px solid #e4e8ee;font-size:15px;line-height:21px;font-weight:600;color:#17202b">${lines(value)}</td>
</tr>`,
  )
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 6px;border-collapse:collapse">
${rows.join('\n')}
</table>
`
}

function button(action: EmailAction, locale: EmailContent['locale']): string {
  const url = escapeHtml(action.url)
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:20px 0 18px">
<tr><td align="center" bgcolor="#046968" style="border-radius:7px;background-color:#046968"><a href="${url}" style="display:inline-block;padding:12px 22px;font-size:16px;line-height:22px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:7px">${escapeHtml(action.label)}</a></td></tr>
</table>
<p class="soft" style="margin:0;font-size:13px;line-height:20px;color:#55606e">${LINK_FALLBACK[locale]}<br><a class="link" href="${url}" style="color:#046968;word-break:break-all">${url}</a></p>`
}

function text(content: EmailContent): string {
  const { title, paragraphs, facts = [], footer } = content
  const width = Math.max(0, ...facts.map(([label]) => [...label].length))
  const parts = [
    ...(content.brand ? [plain(content.brand)] : []),
    `${plain(title)}\n${'='.repeat(Math.min([...title].length, 72))}`,
    ...paragraphs.map((given) => plain(wordsOf(given))),
    ...(facts.length > 0
      ? [facts.map(([label, value]) => `${`${plain(label)}:`.padEnd(width + 2)}${plain(value)}`).join('\n')]
      : []),
    ...safeActions(content).map(({ label, url }) => `${plain(label)}:\n${url}`),
    `-- \n${plain(footer)}`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** Each URL as the parser writes it (percent-encoded, no control characters), or no link at all. */
function safeActions({ action, actions = action ? [action] : [] }: EmailContent): EmailAction[] {
  return actions.flatMap(({ label, url: given }) => {
    if (!URL.canParse(given)) return []
    const url = new URL(given)
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? [{ label, url: url.href }] : []
  })
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Bidirectional overrides would let a name reorder the words around it ("Trojan Source", CVE-2021-42574). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to take out
const UNWANTED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

const plain = (value: string) => value.replace(/\r\n?/g, '\n').replace(UNWANTED, '')
const escapeHtml = (value: string) => plain(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
const lines = (value: string) => escapeHtml(value).replace(/\n/g, '<br>')
