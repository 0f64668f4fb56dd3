import { defineApiHandler } from '~/server/utils/apiHandler'

/** Whether this process answers. Asks nobody else, so that a store that is away gets no process restarted. */
export default defineApiHandler('GET', async () => ({ live: true }))
