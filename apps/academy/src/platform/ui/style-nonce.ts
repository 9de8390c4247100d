/** The word by which the page's policy knows the style elements that are made here. The server writes a new one into each page. */
export const styleNonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
