import type { RouteContext } from '../../platform/http/route.ts'
import { refuseReserved } from '../../platform/mail/reserved-address.ts'
import { isDemo } from '../institutions/institutions.queries.ts'

/** The people of a demonstration may be invented: it writes to nobody. */
export async function refuseNobody(
  { tx, by, services }: Pick<RouteContext<never>, 'tx' | 'by' | 'services'>,
  address: string,
) {
  const refused = services.mailReachesPeople ? refuseReserved(address) : undefined
  return refused && !(await isDemo(tx, by.institutionId)) ? refused : undefined
}
