/** The share of each type. Slices are told apart by colour; the ranked table beside it has names and numbers. */
import { DonutChart } from '@mantine/charts'
import '@mantine/charts/styles.css'
import { useReducedMotion } from '@mantine/hooks'

export default function TypesPie({
  slices,
  total,
}: {
  slices: { name: string; value: number; color: string }[]
  total: string
}) {
  const still = useReducedMotion()
  return (
    <DonutChart
      data={slices}
      size={168}
      thickness={30}
      paddingAngle={slices.length > 1 ? 2 : 0}
      chartLabel={total}
      tooltipDataSource="segment"
      strokeWidth={0}
      pieProps={{ isAnimationActive: !still, animationDuration: 300 }}
      pieChartProps={{ accessibilityLayer: false }}
      mx="auto"
    />
  )
}
