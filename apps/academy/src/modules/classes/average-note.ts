/** Average of a class: the mean of the two highest of three notes, two decimals, half to even; null until all three are graded. */
export function averageNote(notes: readonly (number | null)[]): number | null {
  if (notes.length !== 3) return null
  const hundredths: number[] = []
  for (const note of notes) {
    if (note === null) return null
    hundredths.push(Math.round(note * 100)) // stored with two decimals, so this only removes the binary error
  }
  hundredths.sort((a, b) => b - a)
  const sum = (hundredths[0] ?? 0) + (hundredths[1] ?? 0)
  const half = Math.floor(sum / 2)
  return (sum % 2 === 0 || half % 2 === 0 ? half : half + 1) / 100
}
