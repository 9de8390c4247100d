/**
 * The names under which the server answers. A page of another site can make its own name lead to this machine (DNS
 * rebinding) and would then read what it asks for; the name that it asks under gives it away.
 */

/** A name that leads to this machine and nowhere else, as `URL.hostname` writes it. */
export const isLoopbackName = (name: string): boolean =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '[::1]' ||
  name === '::1' ||
  /^127(\.\d+){3}$/.test(name)

/** Does the server answer under this `Host`? */
export type Hosts = (host: string) => boolean

export type HostOptions = {
  /** The address that people use. */
  publicUrl: string
  /** Ports under which names of this machine are answered too: none by default, `any` where no port is known yet. */
  loopbackPorts?: readonly number[] | 'any'
}

export function servedHosts({ publicUrl, loopbackPorts = [] }: HostOptions): Hosts {
  const served = new URL(publicUrl)
  return (host) => {
    const asked = URL.canParse(`${served.protocol}//${host}`) ? new URL(`${served.protocol}//${host}`) : undefined
    if (asked?.pathname !== '/' || asked.username || asked.search || asked.hash) return false
    if (asked.host === served.host) return true
    if (!isLoopbackName(asked.hostname)) return false
    return (
      loopbackPorts === 'any' || loopbackPorts.includes(Number(asked.port || (served.protocol === 'https:' ? 443 : 80)))
    )
  }
}
