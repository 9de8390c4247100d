/** Goes elsewhere, once. The router's own component goes again with every rendering, and may then never arrive. */
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

/** @param to a path of this application, or of the console, which is another page to the browser; with its search. */
export function Redirect({ to }: { to: string }) {
  const { history } = useRouter()
  useEffect(() => {
    if (/^\/adm(\/|$|\?)/.test(to)) window.location.replace(to)
    else history.replace(to)
  }, [history, to])
  return null
}
