/** Cascata's mark: water that falls from step to step. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--mantine-primary-color-filled)" />
      <g stroke="var(--mantine-primary-color-contrast)" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M6 9h6.5a3 3 0 0 1 3 3v2a3 3 0 0 0 3 3H20a3 3 0 0 1 3 3v3.5" />
        <path d="M6 16h2a3 3 0 0 1 3 3v4.5" opacity=".62" />
        <path d="M20.5 9H23a3 3 0 0 1 3 3v0" opacity=".62" />
        <path d="M17 23.500v0" opacity=".62" />
      </g>
    </svg>
  )
}
