/** Something that happens once and can be waited for. */
export interface Latch {
  opened: Promise<void>
  open(): void
}

export function createLatch(): Latch {
  let open = () => {}
  const opened = new Promise<void>((resolve) => { open = resolve })
  return { opened, open: () => { open() } }
}
