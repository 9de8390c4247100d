import { describe, expect, test } from 'vitest'
import { type EmailContent, renderEmail } from './layout.ts'

const plain: EmailContent = {
  locale: 'pt-BR',
  title: 'Nova atividade: Modelagem',
  paragraphs: ['Olá, Ana.', 'Há uma atividade nova.'],
  facts: [
    ['Disciplina', 'Banco de Dados I'],
    ['Entrega', '4 de dezembro, 23h59'],
  ],
  action: { label: 'Abrir a atividade', url: 'https://academy.example/app/activities/1?a=1&b=2' },
  footer: 'Instituto Horizonte',
}

const hostile = `"><script>alert('1')</script><img src=x onerror=alert(2)> & </title> \${x}`

describe('renderEmail', () => {
  test('says the same in HTML and in text', () => {
    const { html, text } = renderEmail(plain)
    for (const words of [
      'Nova atividade: Modelagem',
      'Olá, Ana.',
      'Banco de Dados I',
      'Abrir a atividade',
      'Instituto Horizonte',
    ]) {
      expect(html).toContain(words)
      expect(text).toContain(words)
    }
    expect(text).toBe(
      [
        'Nova atividade: Modelagem',
        '=========================',
        '',
        'Olá, Ana.',
        '',
        'Há uma atividade nova.',
        '',
        'Disciplina: Banco de Dados I',
        'Entrega:    4 de dezembro, 23h59',
        '',
        'Abrir a atividade:',
        'https://academy.example/app/activities/1?a=1&b=2',
        '',
        '-- ',
        'Instituto Horizonte',
        '',
      ].join('\n'),
    )
  })

  test('addresses are links in what a person wrote, and nowhere else', () => {
    const written = 'Leia https://exemplo.example/a?b=1&c="x e <b>responda</b>.'
    const { html, text } = renderEmail({
      ...plain,
      title: 'https://titulo.example',
      paragraphs: ['Olá, https://nome.example.', { written }],
    })
    const links = [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, url]) => url)
    expect(links).toEqual([
      'https://exemplo.example/a?b=1&amp;c=',
      ...Array<string>(2).fill('https://academy.example/app/activities/1?a=1&amp;b=2'),
    ])
    expect(html).toContain('rel="noopener nofollow"')
    expect(html).not.toContain('<b>')
    expect(text).toContain(written)
  })

  test('names its language, and speaks it beside the button', () => {
    expect(renderEmail(plain).html).toContain('<html lang="pt-BR"')
    expect(renderEmail(plain).html).toContain('Se o botão não funcionar')
    expect(renderEmail({ ...plain, locale: 'en' }).html).toContain('If the button does not work')
  })

  test.each(['title', 'footer', 'brand', 'paragraph', 'label', 'value', 'action'] as const)(
    'a hostile %s stays text',
    (place) => {
      const { html } = renderEmail({
        ...plain,
        ...(place === 'title' ? { title: hostile } : {}),
        ...(place === 'footer' ? { footer: hostile } : {}),
        ...(place === 'brand' ? { brand: hostile } : {}),
        ...(place === 'paragraph' ? { paragraphs: [hostile] } : {}),
        ...(place === 'label' ? { facts: [[hostile, 'x']] } : {}),
        ...(place === 'value' ? { facts: [['x', hostile]] } : {}),
        ...(place === 'action' ? { action: { label: hostile, url: 'https://academy.example/' } } : {}),
      })
      expect(html).not.toMatch(/<script|<img|onerror=alert\(2\)>/)
      expect(html).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;')
      // Nothing that was put in opened or closed an element.
      expect(
        html
          .match(/<\/?[a-z!][^>]*>/gi)
          ?.filter(
            (tag) => !/^<\/?(!doctype|html|head|meta|title|style|body|div|table|tr|td|th|p|h1|a|br)\b/i.test(tag),
          ),
      ).toEqual([])
    },
  )

  test.each([
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    ' java\nscript:alert(1)',
    '/relative',
    '',
  ])('%j makes no link', (url) => {
    const { html, text } = renderEmail({ ...plain, action: { label: 'Abrir', url } })
    expect(html).not.toContain('<a ')
    expect(text).not.toContain('script')
  })

  test('a quote in a URL cannot leave its attribute', () => {
    const { html } = renderEmail({
      ...plain,
      action: { label: 'x', url: 'https://academy.example/?q="><script>alert(1)</script>' },
    })
    expect(html).not.toContain('<script')
    expect(html.match(/<a [^>]*href="https:\/\/academy\.example\/\?q=[^"<>]*"/g)).toHaveLength(2)
  })

  test('line breaks of a paragraph stay, characters that reorder or hide text go', () => {
    const { html, text } = renderEmail({ ...plain, paragraphs: ['one\r\ntwo\u202Eevil\u0000\u2066'] })
    expect(html).toContain('one<br>twoevil</p>')
    expect(text).toContain('one\ntwoevil\n')
  })

  test('one heading, row headers, layout tables marked as such, no remote content', () => {
    const { html } = renderEmail(plain)
    expect(html.match(/<h1/g)).toHaveLength(1)
    expect(html.match(/<th scope="row"/g)).toHaveLength(2)
    const tables = html.match(/<table[^>]*>/g) ?? []
    expect(tables.filter((table) => !table.includes('role="presentation"'))).toHaveLength(1)
    expect(html).not.toMatch(/<img|<link|@import|url\(/)
    expect(html.length).toBeLessThan(102_000)
  })
})
