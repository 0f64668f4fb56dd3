import { defineEventHandler } from 'h3'
import { LadingError } from '#shared/errors'
import { answerFailure } from '~/server/utils/failure'

/** Every other path under /api. */
export default defineEventHandler((event) => answerFailure(event, new LadingError('not_found', 'There is no such call.')))
