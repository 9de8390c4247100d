/** Goes elsewhere, once. The router's own component goes again with every rendering, and may then never arrive. */
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

/** @param to a path of this application, with its search. */
export function Redirect({ to }: { to: string }) {
  const { history } = useRouter()
  useEffect(() => {
    history.replace(to)
  }, [history, to])
  return null
}
