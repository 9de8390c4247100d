/** Events per interval, stacked by status: bars, since counts of an interval are discrete. */
import { BarChart } from '@mantine/charts'
import '@mantine/charts/styles.css'
import { useReducedMotion } from '@mantine/hooks'

export interface Column {
  name: string
  [key: string]: string | number
}

export default function EventsOverTime({
  columns,
  series,
  height,
}: {
  height: number
  columns: Column[]
  series: { name: string; label: string; color: string }[]
}) {
  const still = useReducedMotion()
  return (
    <BarChart
      h={height}
      data={columns}
      dataKey="name"
      type="stacked"
      series={series}
      withLegend={false}
      tickLine="x"
      gridAxis="x"
      gridColor="var(--line)"
      textColor="var(--mantine-color-dimmed)"
      barProps={{ isAnimationActive: !still, animationDuration: 300, maxBarSize: 36 }}
      barChartProps={{ accessibilityLayer: false, margin: { left: -12, right: 4, top: 4 } }}
      yAxisProps={{ allowDecimals: false, width: 48 }}
      xAxisProps={{ minTickGap: 24 }}
    />
  )
}
