/** Which addresses a plan gives out; a runtime says which ones it can use. */
export type Addressing =
  | {
      /** Every node and every wire has a loopback address of one machine. */
      readonly scheme: 'loopback'
      /** First two numbers of the addresses, e.g. `127.42`. */
      readonly block: string
    }
  | {
      /** Every node has a network of its own, which only the fabric is on besides. */
      readonly scheme: 'networks'
      /** First two numbers of the networks, e.g. `10.201`. */
      readonly block: string
    }

export interface Place {
  readonly address: string
  readonly port: number
}

/** The network of one node: `10.201.0.8/29` has the gateway at .9, the fabric at .10, the node at .11. */
export interface NodeNetwork {
  readonly subnet: string
  readonly gateway: string
  readonly fabricAddress: string
}

/** What a plan that is only looked at is made with. */
export const exampleAddressing = {
  scheme: 'loopback',
  block: '127.42',
} as const satisfies Addressing
