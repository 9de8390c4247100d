import { expect, test } from 'vitest'
import { piecesOf } from './links.ts'

const linksIn = (text: string) => piecesOf(text).flatMap((piece) => ('url' in piece ? [piece.url] : []))

test.each([
  ['Leia https://exemplo.example/a?b=1#c.', ['https://exemplo.example/a?b=1#c']],
  ['(veja http://exemplo.example/x)', ['http://exemplo.example/x']],
  ['https://pt.example/wiki/Rede_(computação)', ['https://pt.example/wiki/Rede_(computa%C3%A7%C3%A3o)']],
  ['https://a.example, https://b.example!', ['https://a.example/', 'https://b.example/']],
  ['javascript:alert(1) data:text/html,x ftp://a.example www.example.org', []],
  ['https://', []],
  ['"https://a.example/"onclick="x"', ['https://a.example/']],
  ['nada', []],
])('%j has the links %j', (text, links) => {
  expect(linksIn(text)).toEqual(links)
})

test('nothing of the text is lost', () => {
  for (const text of ['', 'a https://b.example c\nhttp://d.example.', 'https://x.example', '<https://y.example>'])
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
})
