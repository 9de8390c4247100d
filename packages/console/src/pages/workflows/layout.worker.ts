import { layout } from './layout.ts'
import type { Shape } from './shape.ts'

self.onmessage = ({ data }: MessageEvent<Shape>) => self.postMessage(layout(data))
