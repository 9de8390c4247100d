/** What is laid out, and where it then stands; apart from the layout itself, which only the worker carries. */
export const NODE_WIDTH = 236
export const NODE_HEIGHT = 76

export interface Shape {
  nodes: readonly string[]
  edges: readonly (readonly [from: string, to: string])[]
}

export type Places = Record<string, { x: number; y: number }>
