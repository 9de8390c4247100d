import { useEffect } from 'react'

/** Time in which a dialog that closes, or a form that is refused, puts the focus where it belongs. */
const SETTLES_MS = 50
const REMEMBERED_MAX = 8

/** Places for the focus that are worth reading out: a heading, or the row or item that one was in. */
const LANDING = 'h1, h2, h3, h4, h5, h6, tbody [role="row"], tbody tr, li'
/** A layer that goes with its focus leads back to the element that had it before. */
const LAYER = '[role="dialog"], [role="menu"], [role="listbox"]'
/** News stands beside the page: closed, it leads back as a layer does. */
const NEWS = '[role="status"]'

/** The place of an element, told by what may outlive it: its ancestors, each with what came before. */
interface Spot {
  element: Element
  around: { parent: Element; before: Element | null }[]
}

const spotOf = (element: Element): Spot => {
  const around: Spot['around'] = []
  for (let each = element; each.parentElement; each = each.parentElement) {
    around.push({ parent: each.parentElement, before: each.previousElementSibling })
  }
  return { element, around }
}

const isDisabled = (element: Element) => element.matches(':disabled')

/**
 * Keeps the focus in the page. A button that takes itself away, or that waits for its answer disabled, would leave it to the
 * document: a screen reader begins anew, and the next key goes nowhere. What is enabled again gets it back; in place of what
 * is gone, the last heading, row or item before it does.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    // The newest first.
    let spots: readonly Spot[] = []
    let waiting: Element | undefined
    let timer: ReturnType<typeof setTimeout> | undefined

    const remember = ({ target }: FocusEvent) => {
      if (!(target instanceof Element)) return
      if (target !== waiting) waiting = undefined
      spots = [spotOf(target), ...spots.filter(({ element }) => element !== target)].slice(0, REMEMBERED_MAX)
    }
    const look = () => {
      timer = undefined
      const element = spots[0]?.element
      if (!element || isDisabled(element)) return
      // A reader who leaves an element by hand is not brought back: it was no button that waited.
      const isLost = document.activeElement === document.body && (!element.isConnected || element === waiting)
      waiting = undefined
      if (isLost) goOn(spots)
    }
    const lookSoon = () => {
      const element = spots[0]?.element
      if (!element) return
      if (isDisabled(element)) waiting = element
      if (element === waiting || !element.isConnected) timer ??= setTimeout(look, SETTLES_MS)
    }
    const changes = new MutationObserver(lookSoon)
    document.addEventListener('focusin', remember)
    changes.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] })
    return () => {
      document.removeEventListener('focusin', remember)
      changes.disconnect()
      clearTimeout(timer)
    }
  }, [])
}

const isAboveThePage = ({ element, around }: Spot) =>
  element.closest(LAYER) !== null || around.some(({ parent }) => parent.matches(NEWS))

function goOn(spots: readonly Spot[]): void {
  const spot = spots.find((each) => each.element.isConnected || !isAboveThePage(each))
  if (!spot) return
  const left = spot.around.find(({ parent }) => parent.isConnected)
  if (spot.element.isConnected) (spot.element as HTMLElement).focus()
  else if (left) land(landingAt(left))
}

/** Null: the page is gone whole, and the next one takes the focus. */
function landingAt({ parent, before }: Spot['around'][number]): HTMLElement | null {
  const scope = parent.closest<HTMLElement>('[role="dialog"], main') ?? document.querySelector('main')
  const point = before?.parentElement === parent ? before : parent
  const isBefore = (each: Element) =>
    each === point ||
    (point.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING) > 0 ||
    (point === before && point.contains(each))
  const landings = [...(scope?.querySelectorAll<HTMLElement>(LANDING) ?? [])]
  return landings.findLast((each) => isBefore(each) && each.checkVisibility()) ?? scope
}

/** The place is no stop for the Tab key, before or afterwards. */
function land(place: HTMLElement | null): void {
  if (!place) return
  if (!place.hasAttribute('tabindex')) {
    place.tabIndex = -1
    place.addEventListener('blur', () => place.removeAttribute('tabindex'), { once: true })
  }
  place.focus({ preventScroll: true })
}
