import { readFileSync } from 'node:fs'
import { BenchError } from '../../../protocol/errors.ts'
