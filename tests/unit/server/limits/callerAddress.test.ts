import { describe, expect, it } from 'vitest'
import { callerAddress } from '~/server/utils/rates/callerAddress'

const socketAddress = '203.0.113.7'
const forwarded = (header: string, trustedProxies: number) =>
  callerAddress({ socketAddress, headers: { 'x-forwarded-for': header } }, { trustedProxies, isOnVercel: false })

describe('the address of a caller', () => {
  it('is the other end of the connection, whatever the headers say', () => {
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-real-ip': '192.0.2.1', 'forwarded': 'for=192.0.2.1', 'x-vercel-forwarded-for': '192.0.2.1' }
    expect(callerAddress({ socketAddress, headers }, { trustedProxies: 0, isOnVercel: false })).toBe(socketAddress)
  })

  it('behind trusted proxies is what the outermost of them says, not what the caller made up', () => {
    expect(forwarded('192.0.2.1', 1)).toBe('192.0.2.1')
    expect(forwarded('198.51.100.66, 192.0.2.1', 1)).toBe('192.0.2.1')
    expect(forwarded('198.51.100.66, 192.0.2.1, 10.0.0.1', 2)).toBe('192.0.2.1')
  })

  it('is that of the connection where the proxies said nothing that is an address', () => {
    for (const header of ['', 'unknown', '192.0.2.1, nonsense', '999.1.1.1']) expect(forwarded(header, 1)).toBe(socketAddress)
    expect(forwarded('192.0.2.1', 2)).toBe(socketAddress)
    expect(callerAddress({ socketAddress, headers: {} }, { trustedProxies: 1, isOnVercel: false })).toBe(socketAddress)
  })

  it('on Vercel is what the platform says, unless proxies of one\'s own stand before it', () => {
    const headers = { 'x-vercel-forwarded-for': '192.0.2.1', 'x-forwarded-for': '192.0.2.2, 192.0.2.3' }
    expect(callerAddress({ socketAddress, headers }, { trustedProxies: 0, isOnVercel: true })).toBe('192.0.2.1')
    expect(callerAddress({ socketAddress, headers }, { trustedProxies: 2, isOnVercel: true })).toBe('192.0.2.2')
  })

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2::3:192.0.2.1', '1:2:0:0::/64'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:50123', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1'],
  ])('of %s is %s', (address, network) => {
    expect(forwarded(address, 1)).toBe(network)
    expect(callerAddress({ socketAddress: address, headers: {} }, { trustedProxies: 0, isOnVercel: false })).toBe(network)
  })

  it('that is not known is one for all', () => {
    expect(callerAddress({ socketAddress: undefined, headers: {} }, { trustedProxies: 0, isOnVercel: false })).toBe('unknown')
  })
})
