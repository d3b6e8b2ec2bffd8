import fc from 'fast-check'

/**
 * Loaded before the tests by `./bench test`: fuzz tests that name no seed of their own take this one, so that a run fails or
 * passes for its code and not for its luck. `FUZZ_SEED=N ./bench test --only unit` looks elsewhere.
 */
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) })
