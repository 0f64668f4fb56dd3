/** Preloaded by Node into a command: its clock is off by CLOCK_SHIFT_SECONDS. */
const shiftMs = Number(process.env.CLOCK_SHIFT_SECONDS) * 1000
const RightDate = Date

globalThis.Date = new Proxy(RightDate, {
  construct: (target, args: [], newTarget) => Reflect.construct(target, args.length === 0 ? [target.now() + shiftMs] : args, newTarget) as Date,
  get: (target, name, receiver) => name === 'now' ? () => RightDate.now() + shiftMs : Reflect.get(target, name, receiver) as unknown,
})
