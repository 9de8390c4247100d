import { layout, type Shape } from './layout.ts'

self.onmessage = ({ data }: MessageEvent<Shape>) => self.postMessage(layout(data))
