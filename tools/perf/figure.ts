/** One measured number. `atMost` / `atLeast` is the bar the project set itself. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly atMost?: number
  readonly atLeast?: number
}
