// The test vectors of t/vectors, by file name.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './node.js'

export const vectors = (name) => JSON.parse(readFileSync(join(ROOT, 't/vectors', `${name}.json`)))
