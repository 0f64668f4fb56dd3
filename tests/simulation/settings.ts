/** The seeds that are played with every change, and how many stories of each. */
export const seeds = [1, 2] as const
export const storiesOfSeed = 10_000
