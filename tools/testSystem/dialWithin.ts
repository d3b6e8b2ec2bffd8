import type { DialOptions, TesterNetwork, TesterSocket } from '../fabric/testerNetwork.ts'
import { bounded } from '../runtimes/bounded.ts'

/** Connects, or gives up; a connection that comes later is closed. @throws BenchError TIMED_OUT, and why nobody accepted */
export async function dialWithin(
  network: TesterNetwork,
  options: DialOptions & { readonly timeoutMs: number },
): Promise<TesterSocket> {
  const { timeoutMs, ...dial } = options
  const dialling = network.dial(dial)
  const what = `a connection to ${dial.to.address}:${dial.to.port}`
  try {
    return await bounded(dialling, { what, timeoutMs })
  } catch (error) {
    dialling.then(
      (late) => late.destroy(),
      () => {},
    )
    throw error
  }
}
