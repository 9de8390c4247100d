/** Rows per page that a reader may choose. */
export const PAGE_SIZE_CHOICES = ['10', '25', '50', '100', '250'] as const
