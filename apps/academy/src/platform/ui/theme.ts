/**
 * Cascata's looks: one accent (deep water), calm neutrals, system fonts. Mantine's own defaults for dimmed text, placeholders,
 * errors and filled buttons fall below a contrast of 4.5:1; the variables below replace them in both schemes.
 */
import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from '@mantine/core'
import { optionsWithWords } from './options-with-words.ts'

const water: MantineColorsTuple = [
  '#e6f6f6',
  '#cdebeb',
  '#9fd9d9',
  '#74c9c8',
  '#57c0bd',
  '#2a9d9b',
  '#108280',
  '#046968',
  '#035655',
  '#024241',
]

const neutral: MantineColorsTuple = [
  '#f6f8f8',
  '#eef2f1',
  '#dfe5e4',
  '#cad3d1',
  '#a3b0ae',
  '#75837f',
  '#566461',
  '#3f4b49',
  '#26302e',
  '#151d1c',
]

const night: MantineColorsTuple = [
  '#dce5e3',
  '#b7c4c1',
  '#94a3a0',
  '#6d7d7a',
  '#3f4d4a',
  '#2c3836',
  '#222c2b',
  '#182120',
  '#111918',
  '#0b1110',
]

const systemFonts =
  'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'

export const theme = createTheme({
  colors: { water, gray: neutral, dark: night },
  primaryColor: 'water',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  // Mantine decides on dark or light letters once, for the light scheme's shade; the variable knows both.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input)
    const primary = !input.color || input.color === input.theme.primaryColor
    if (!primary) return colors
    if (input.variant === 'filled') return { ...colors, color: 'var(--mantine-primary-color-contrast)' }
    if (input.variant !== 'light') return colors
    return {
      ...colors,
      background: 'var(--accent-soft)',
      hover: 'color-mix(in srgb, var(--accent-soft) 88%, var(--accent-text))',
      color: 'var(--accent-text)',
    }
  },
  white: '#ffffff',
  black: '#151d1c',
  fontFamily: systemFonts,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontFamily: systemFonts,
    fontWeight: '650',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.1875rem', lineHeight: '1.3' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { fw: 600 } },
    Paper: { defaultProps: { radius: 'lg' } },
    Modal: {
      defaultProps: {
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.5 },
        // A dialog's header is no second banner of the page.
        attributes: { header: { role: 'none' } },
      },
    },
    // Mantine's place for the focus, at the head of a menu, is no item: screen readers and axe are told of a broken list.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, shadow: 'md' } },
    Select: { defaultProps: { filter: optionsWithWords } },
    MultiSelect: { defaultProps: { filter: optionsWithWords } },
    Tooltip: { defaultProps: { events: { hover: true, focus: true, touch: true } } },
  },
})

export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--page-width': '77rem', '--badge': '#b3261e' },
  light: {
    '--mantine-color-body': '#ffffff',
    '--page-background': '#f4f7f6',
    '--surface-quiet': '#f6f9f8',
    '--line': '#dde5e3',
    '--line-strong': '#7d8d8a',
    '--mantine-color-text': '#17211f',
    '--mantine-color-dimmed': '#54625f',
    '--mantine-color-placeholder': '#66736f',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#046968',
    '--mantine-color-default-border': '#c3cdcb',
    '--accent-text': '#046968',
    '--accent-soft': '#e3f4f3',
    '--tone-good': '#13703a',
    '--tone-good-soft': '#e4f5ea',
    '--tone-busy': '#0b5fa8',
    '--tone-busy-soft': '#e5f1fc',
    '--tone-warn': '#8a4b00',
    '--tone-warn-soft': '#fdf0dc',
    '--bar-warn': '#c26a00',
    '--tone-bad': '#b3261e',
    '--tone-bad-soft': '#fdeceb',
    '--tone-quiet': '#54625f',
    '--tone-quiet-soft': '#edf1f0',
    '--track': '#dfe7e5',
  },
  dark: {
    '--mantine-color-body': '#151e1d',
    '--page-background': '#0d1413',
    '--surface-quiet': '#1a2423',
    '--line': '#2b3735',
    '--line-strong': '#778884',
    '--mantine-color-text': '#e2eae8',
    '--mantine-color-dimmed': '#a3b2af',
    '--mantine-color-placeholder': '#94a3a0',
    '--mantine-color-error': '#ff9a90',
    '--mantine-color-anchor': '#74d3d0',
    '--mantine-color-default': '#1d2827',
    '--mantine-color-default-hover': '#243130',
    '--mantine-color-default-border': '#43524f',
    '--accent-text': '#74d3d0',
    '--accent-soft': '#143532',
    '--tone-good': '#74d39a',
    '--tone-good-soft': '#12301f',
    '--tone-busy': '#86bff5',
    '--tone-busy-soft': '#132b41',
    '--tone-warn': '#f2b866',
    '--tone-warn-soft': '#38280f',
    '--bar-warn': '#f2b866',
    '--tone-bad': '#ff9a90',
    '--tone-bad-soft': '#3d1a18',
    '--tone-quiet': '#a3b2af',
    '--tone-quiet-soft': '#222d2b',
    '--track': '#2b3735',
  },
})
