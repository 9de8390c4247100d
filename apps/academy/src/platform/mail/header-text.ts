/**
 * What stands in the header of a message: one line, whatever is stored. Line ends would begin another header, and marks of
 * direction would turn the words around them ("Trojan Source", CVE-2021-42574).
 */
export const headerText = (text: string): string =>
  text
    .replace(/[\p{Zl}\p{Zp}\p{Cc}]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .trim()
