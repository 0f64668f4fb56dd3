import type { CephSettings } from './settings'

/** What is drawn once and stays as long as the data. */
export interface Identity {
  fsid: string
  osdUuid: string
  accessKeyId: string
  secretAccessKey: string
  monPort: number
  osdBytes: number
}

/** Ceph's configuration for one monitor, one OSD on a sparse file and one gateway: nothing but loopback, no keys between the daemons, one copy. */
export function confText({ dir, rgwPort, minPartBytes }: CephSettings, { fsid, monPort, osdBytes }: Identity): string {
  return `[global]
fsid = ${fsid}
mon initial members = a
mon host = [v2:127.0.0.1:${monPort},v1:127.0.0.1:${monPort + 1}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
keyring = /dev/null
# Without keys nothing can be encrypted; the gateway would ask for it and wait for ever.
ms mon client mode = crc secure
run dir = ${dir}/run
admin socket = ${dir}/run/$name.asok
pid file = ${dir}/run/$name.pid
log file = ${dir}/log/$name.log
crash dir = ${dir}/log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
osd failsafe full ratio = 0.995

[mon]
mon data = ${dir}/mon/$id
mon cluster log file = ${dir}/log/cluster.log
# A developer's disk may well be nearly full.
mon data avail warn = 1
mon data avail crit = 0
mon osd full ratio = 0.99
mon osd backfillfull ratio = 0.985
mon osd nearfull ratio = 0.98

[osd]
osd data = ${dir}/osd/$id
osd objectstore = bluestore
bluestore block size = ${osdBytes}
bluestore block create = true
osd memory target = 1073741824

[client]
rgw data = ${dir}/rgw
rgw frontends = beast endpoint=127.0.0.1:${rgwPort} tcp_nodelay=1
rgw dns name = localhost
rgw thread pool size = 64
rgw enable usage log = false
rgw multipart min part size = ${minPartBytes}
`
}
