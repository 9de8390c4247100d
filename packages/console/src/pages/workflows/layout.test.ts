import { expect, test } from 'vitest'
import { layout } from './layout.ts'
import { NODE_HEIGHT, NODE_WIDTH } from './shape.ts'

test('effects stand to the right of their causes and nothing overlaps', () => {
  const nodes = ['event', 'command', 'batch', 'm1', 'm2', 'next']
  const places = layout({
    nodes,
    edges: [
      ['event', 'command'],
      ['command', 'batch'],
      ['batch', 'm1'],
      ['batch', 'm2'],
      ['batch', 'next'],
    ],
  })
  const x = (key: string) => places[key]?.x ?? Number.NaN
  expect(x('event')).toBeLessThan(x('command'))
  expect(x('command')).toBeLessThan(x('batch'))
  expect(x('batch')).toBeLessThan(x('next'))
  for (const a of nodes)
    for (const b of nodes) {
      const [p, q] = [places[a], places[b]]
      if (a < b && p && q) expect(Math.abs(p.x - q.x) >= NODE_WIDTH || Math.abs(p.y - q.y) >= NODE_HEIGHT).toBe(true)
    }
})
